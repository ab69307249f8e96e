# what: uses the default of getattr to silence the refusal and asks many names
# class: language
# source: own
# expect: ends

found = []
for name in [
    "__class__",
    "__dict__",
    "__globals__",
    "__code__",
    "__closure__",
    "__self__",
    "__func__",
]:
    for thing in [(), log, len, getattr, lambda: 0, str, str.join, "".join]:
        try:
            if getattr(thing, name, None) is not None:
                found.append(name)
        except Exception:
            pass
if found:
    log("ESCAPED:", found)
