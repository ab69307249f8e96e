# what: reaches the unbound format through super of a class and itself
# class: language
# source: own
# expect: ends


class Text(str):
    pass


try:
    got = super(Text, Text).format("{0.__class__.__mro__}", 0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:unbound format by super")
