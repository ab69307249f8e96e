# what: gives a class __index__ by setattr, which C code then calls back
# class: language
# source: cpython issue 91153
# expect: ends


class Number:
    pass


called = []
try:
    setattr(Number, "__ind" + "ex__", lambda self: called.append(1) or 0)
    [1][Number()]
except Exception:
    pass
if called:
    log("ESCAPED:setattr __index__")
