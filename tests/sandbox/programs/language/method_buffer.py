# what: gives out its memory as a buffer
# class: language
# source: own
# expect: refused
# line: 9


class D:
    def __buffer__(self, flags):
        log("ESCAPED:", flags)
        return b""


try:
    bytes(D())
except TypeError:
    log("ESCAPED:defined")
