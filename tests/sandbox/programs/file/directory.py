# what: opens and removes a folder
# class: file
# source: own
# expect: ends | error
# folder: folder sub

for call in [
    lambda: openfile("sub", False),
    lambda: openfile("sub", True),
    lambda: removefile("sub"),
]:
    try:
        call()
        log("ESCAPED:handled a folder\n")
    except RepyException:
        pass
