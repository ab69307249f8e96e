# what: rewrites the defaults of a function
# class: language
# source: own
# expect: refused
# line: 12


def one(x=1):
    return x


one.__defaults__ = (2,)
if one() == 2:
    log("ESCAPED:defaults")
