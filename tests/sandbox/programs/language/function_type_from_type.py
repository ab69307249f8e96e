# what: makes a function out of a code object that it hopes to find on a generator or function
# class: language
# source: own
# expect: ends


def numbers():
    yield 1


made = None
for thing in [numbers, numbers()]:
    for name in ["__code__", "gi_code", "func_code", "_code"]:
        try:
            made = type(numbers)(getattr(thing, name), {"log": log})
        except Exception:
            pass
if made is not None:
    log("ESCAPED:function type")
