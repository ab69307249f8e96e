# what: gives a function the name of a file of the host, whose line a traceback would quote
# class: language
# source: own
# expect: error | refused
# control: none: the leak would be in our own texts


def trick():
    raise ValueError("quote me")


try:
    setattr(trick, "__code__", None)
except Exception:
    pass
trick()
