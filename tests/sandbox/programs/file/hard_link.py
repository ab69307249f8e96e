# what: changes a file outside through a hard link in its folder
# class: file
# source: own
# expect: ends | error
# folder: hardlink secret {secret}

try:
    openfile("secret", False).writeat("overwritten", 0)
    log("wrote\n")
except RepyException:
    pass
