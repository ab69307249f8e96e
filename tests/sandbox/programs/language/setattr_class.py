# what: gives an object another class by setattr
# class: language
# source: own
# expect: ends


class One:
    secret = 1


class Two:
    secret = 2


thing = One()
try:
    setattr(thing, "__cla" + "ss__", Two)
except Exception:
    pass
if thing.secret == 2:
    log("ESCAPED:setattr __class__")
