# what: reads an endless device through a symbolic link
# class: file
# source: own
# expect: ends | error
# folder: link zero /dev/zero

try:
    openfile("zero", False).readat(100, 0)
    log("ESCAPED:read a device\n")
except RepyException:
    pass
