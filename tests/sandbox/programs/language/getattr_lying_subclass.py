# what: hands getattr a subclass of str that lies about how it begins
# class: language
# source: RestrictedPython pull request 282
# expect: ends


class Name(str):
    def startswith(self, *arguments):
        return False

    def endswith(self, *arguments):
        return False

    def __getitem__(self, place):
        return "x"

    def __contains__(self, part):
        return False

    def __str__(self):
        return "harmless"


try:
    got = getattr((), Name("__class__"))
except Exception:
    got = None
if got is not None:
    log("ESCAPED:lying name")
