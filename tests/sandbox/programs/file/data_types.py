# what: writes things that are not bytes
# class: file
# source: own
# expect: ends | error


class Text(str):
    def encode(self, *arguments):
        return b"x" * 10**7

    def __len__(self):
        return 0


class Bytes(bytes):
    def __len__(self):
        return 0


file = openfile("mine", True)
for data in [
    "\u0100",
    "\ud800",
    None,
    5,
    ["x"],
    {"x": 1},
    Text("x"),
    Bytes(b"x" * 100),
    object(),
]:
    try:
        file.writeat(data, 0)
        log("ESCAPED:wrote", type(data), "\n")
    except RepyArgumentError:
        pass
