# what: makes str.format a method of a class of its own
# class: language
# source: own
# expect: ends


class Text(str):
    leak = str.format


try:
    got = Text("{0.__class__.__mro__}").leak(0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:format as method")
