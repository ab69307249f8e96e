# what: opens files by names that are not texts
# class: file
# source: own
# expect: ends | error


class Name(str):
    def __str__(self):
        return "harmless"

    def __contains__(self, part):
        return False

    def __iter__(self):
        return iter("harmless")

    def __len__(self):
        return 8

    def __eq__(self, other):
        return True

    def __hash__(self):
        return hash("harmless")

    def encode(self, *arguments):
        return b"harmless"


for name in [
    Name("../secret.txt"),
    Name("/proc/self/status"),
    b"../secret.txt",
    bytearray(b"x"),
    None,
    0,
    1,
    2,
    True,
    ["x"],
    ("x",),
    {"x": 1},
]:
    for call in [
        lambda: openfile(name, True),
        lambda: openfile(name, False),
        lambda: removefile(name),
    ]:
        try:
            call()
            log("ESCAPED:opened\n")
        except RepyArgumentError:
            pass
