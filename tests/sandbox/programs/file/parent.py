# what: opens a file above its folder
# class: file
# source: path traversal
# expect: ends | error
# arguments: {secret}

for name in [
    "../secret.txt",
    "../../etc/passwd",
    "..",
    "../",
    "../files/x",
    "x/../../secret.txt",
    "./x",
    ".",
]:
    for create in [False, True]:
        try:
            openfile(name, create)
            log("ESCAPED:opened", name, "\n")
        except RepyArgumentError:
            pass
