# what: empties a bytearray while it is formatted, so that the rest is read from freed memory
# class: language
# source: CPython's bytearray formatting keeps a bare pointer while it calls the program
# expect: ends | error | crash
# control: maybe: what lies in freed memory differs

hoard = []


class Emptier:
    def __bytes__(self):
        template.clear()
        hoard.append([bytearray(b"Z" * 4096) for _ in range(50)])
        return b"!"


for _ in range(50):
    template = bytearray(b"A" * 2000 + b"%b" + b"B" * 2000)
    try:
        template % (Emptier(),)
    except Exception:
        pass
log("went on")
