# what: makes calls at every depth of the stack; after it every call must still be answered
# class: language
# source: own
# expect: ends | error | crash
# restrictions: fileread 100000000, filewrite 100000000
# control: none: the harm would be a call that never returns


def dive(depth):
    try:
        dive(depth + 1)
    except RecursionError:
        pass
    for call in [listfiles, getresources, lambda: openfile("f", True).close(), lambda: log("")]:
        try:
            call()
        except Exception:
            pass


dive(0)
log("still answered: ", listfiles(), "\n")
