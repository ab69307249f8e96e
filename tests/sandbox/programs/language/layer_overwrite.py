# what: overwrites what a security layer keeps, by every argument there is
# class: language
# source: own
# expect: ends | error
# layer: keep_first_bytes
# control: none: needs a security layer


class Text(str):
    pass


class Offset(int):
    def __lt__(self, other):
        return False


file = openfile("kept", True)
file.writeat("SAFE and more", 0)
for data in ["EVIL", b"EVIL", bytearray(b"EVIL"), Text("EVIL"), "EVIL" * 50000]:
    for offset in [0, 1, 3, -1, False, True, Offset(0), 0.0, None, 2**64]:
        try:
            file.writeat(data, offset)
        except Exception:
            pass
        try:
            file.writeat(data=data, offset=offset)
        except Exception:
            pass
for call in [lambda: removefile("kept"), lambda: removefile(Text("kept"))]:
    try:
        call()
        log("ESCAPED:removed\n")
    except Exception:
        pass
if file.readat(4, 0) != "SAFE":
    log("ESCAPED:", file.readat(4, 0), "\n")
