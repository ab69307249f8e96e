# what: gives a class __getattribute__ by setattr
# class: language
# source: own
# expect: ends


class Thing:
    pass


try:
    setattr(Thing, "__getattri" + "bute__", lambda self, name: "taken over")
except Exception:
    pass
try:
    got = Thing().anything
except Exception:
    got = ""
if got == "taken over":
    log("ESCAPED:setattr __getattribute__")
