# what: asks hasattr for double-underscore names with a lying subclass of str
# class: language
# source: own
# expect: ends


class Name(str):
    def startswith(self, *arguments):
        return False


try:
    found = hasattr((), Name("__class__"))
except Exception:
    found = False
if found:
    log("ESCAPED:hasattr")
