# what: catches the true format_map the same way, on a plain text, where the store fails later
# class: language
# source: own
# expect: ends | refused


class Grab:
    def __rsub__(self, other):
        self.got = other
        return 1


grab = Grab()
got = ""
try:
    text = "{x.__class__.__mro__}"
    try:
        text.format_map -= grab
    except AttributeError:
        pass
    got = grab.got({"x": 0})
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:augmented format_map")
