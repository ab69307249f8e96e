# what: formats with a subclass of str
# class: language
# source: GHSA-xjw2-6jm9-rf67
# expect: ends


class Text(str):
    pass


try:
    got = Text("{0.__class__.__mro__}").format(0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:format of a subclass")
