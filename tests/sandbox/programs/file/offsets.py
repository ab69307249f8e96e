# what: reads and writes at offsets that are none
# class: file
# source: own
# expect: ends | error


class Offset(int):
    def __lt__(self, other):
        return False

    def __add__(self, other):
        return -5


file = openfile("mine", True)
file.writeat("0123456789", 0)
for offset in [
    -1,
    -10,
    -(2**31),
    -(2**63),
    11,
    2**31,
    2**63,
    2**64,
    2**100,
    1.5,
    "0",
    None,
    True,
    Offset(-1),
    Offset(10**9),
]:
    for call in [
        lambda: file.readat(5, offset),
        lambda: file.readat(None, offset),
        lambda: file.writeat("x", offset),
    ]:
        try:
            call()
            log("ESCAPED:at", offset, "\n")
        except (RepyArgumentError, SeekPastEndOfFileError):
            pass
