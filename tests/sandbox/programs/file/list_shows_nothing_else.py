# what: looks for files of the host beside its own
# class: file
# source: own
# expect: ends | error
# control: none: a bare run keeps no state there

names = listfiles()
for name in names:
    if name not in callargs:
        log("ESCAPED:sees", name, "\n")
