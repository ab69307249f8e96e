# what: empties a bytearray while it is written as hexadecimal, through the length of the separator
# class: language
# source: CPython's hex() asks a separator for its length after it took the buffer
# expect: ends | error | crash
# control: maybe: what lies in freed memory differs

hoard = []


class Separator(str):
    def __len__(self):
        data.clear()
        hoard.append([bytearray(b"Z" * 4096) for _ in range(50)])
        return 1


for _ in range(50):
    data = bytearray(b"A" * 4000)
    try:
        data.hex(Separator("-"))
    except Exception:
        pass
log("went on")
