# what: frees a bytearray from __index__ while C code writes into it
# class: language
# source: cpython issue 91153
# expect: refused
# control: none: the memory error is mended in some releases of CPython
# line: 12

victim = bytearray(1000)


class Evil:
    def __index__(self):
        victim.clear()
        return 65


victim[500] = Evil()
log("ESCAPED:re-entered")
