# what: takes a writable view of memory
# class: language
# source: own
# expect: refused | error

view = memoryview(bytearray(8))
if view.format:
    log("ESCAPED:memoryview")
