# what: opens a file by its whole path
# class: file
# source: path traversal
# expect: ends | error
# arguments: {secret}

for name in [
    callargs[0],
    "/etc/passwd",
    "//etc/passwd",
    "/",
    "/dev/null",
    "/proc/self/mem",
    "~/x",
    "~root",
]:
    for create in [False, True]:
        try:
            openfile(name, create)
            log("ESCAPED:opened", name, "\n")
        except RepyArgumentError:
            pass
