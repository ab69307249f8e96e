# what: hands getattr a lying subclass of str that names gi_frame
# class: language
# source: RestrictedPython issue 142
# expect: ends


class Name(str):
    def startswith(self, *arguments):
        return False

    def isidentifier(self):
        return True

    def __contains__(self, part):
        return False


def numbers():
    yield 1


try:
    got = getattr(numbers(), Name("gi_frame"))
except Exception:
    got = None
if got is not None:
    log("ESCAPED:lying frame name")
