# what: looks for the true getattr behind the one that is offered
# class: language
# source: own
# expect: ends

found = []
for name in [
    "__wrapped__",
    "__closure__",
    "__globals__",
    "__defaults__",
    "__kwdefaults__",
    "__code__",
]:
    for thing in [getattr, hasattr, setattr, log]:
        try:
            found.append(getattr(thing, name))
        except Exception:
            pass
if found:
    log("ESCAPED:behind getattr")
