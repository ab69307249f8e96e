# what: sends things that are not bytes
# class: network
# source: own
# expect: ends | error


class Text(str):
    def encode(self, *arguments):
        return b"x" * 10**6


class Bytes(bytes):
    def __len__(self):
        return 1

    def __bytes__(self):
        return b"x" * 10**6


for message in [
    "\u0100",
    "\U0001f600",
    "\ud800",
    None,
    5,
    ["x"],
    ("x",),
    {"x": 1},
    Text("x"),
    Bytes(b"x" * 20000),
    object(),
]:
    try:
        sendmessage("127.0.0.1", 63181, message, "127.0.0.1", 63180)
        log("ESCAPED:sent", type(message), "\n")
    except Exception:
        pass
