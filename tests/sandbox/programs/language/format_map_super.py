# what: reaches the true format_map through a super object with two arguments
# class: language
# source: own
# expect: ends


class Text(str):
    def leak(self, thing):
        return super(Text, self).format_map({"x": thing})


try:
    got = Text("{x.__class__.__mro__}").leak(0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:format_map by super")
