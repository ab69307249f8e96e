# what: opens a symbolic link to a folder
# class: file
# source: own
# expect: ends | error
# folder: link out /

for name in ["out", "out/etc/passwd"]:
    try:
        openfile(name, False)
        log("ESCAPED:opened\n")
    except RepyException:
        pass
