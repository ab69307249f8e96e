# what: answers for format itself by __getattr__, with a subclass of str inside
# class: language
# source: own
# expect: ends


class Proxy:
    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)


try:
    got = Proxy("{0.__class__.__mro__}").format(0)
except Exception:
    got = ""
if "object" in got:
    log("ESCAPED:format by proxy")
