# what: catches the true format in __radd__ when format is the target of an augmented assignment
# class: language
# source: own
# expect: ends | refused


class Grab:
    def __radd__(self, other):
        self.got = other
        return 1


class Text(str):
    pass


grab = Grab()
got = ""
try:
    text = Text("{0.__class__.__mro__}")
    text.format += grab
    got = grab.got(0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:augmented format")
