# what: reaches the true format through super() in a subclass of str
# class: language
# source: own
# expect: ends


class Text(str):
    def leak(self, thing):
        return super().format(thing)


try:
    got = Text("{0.__class__.__mro__}").leak(0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:format by super")
