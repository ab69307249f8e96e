# what: calls format through a subclass of str
# class: language
# source: GHSA-xjw2-6jm9-rf67
# expect: ends


class Text(str):
    pass


try:
    got = Text.format("{0.__class__.__mro__}", 0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:unbound format of a subclass")
