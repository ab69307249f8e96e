# what: fetches format from a super object by a name made at run time
# class: language
# source: own
# expect: ends


class Text(str):
    def leak(self, thing):
        return getattr(super(), "for" + "mat")(thing)


try:
    got = Text("{0.__class__.__mro__}").leak(0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:getattr format by super")
