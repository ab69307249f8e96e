# what: changes SafeDict, derives from it and makes it anew
# class: language
# source: own
# expect: ends
# control: none: needs SafeDict

context = SafeDict(a=1)
done = []
for act in [
    lambda: setattr(SafeDict, "get", lambda *a: 1),
    lambda: setattr(context, "anything", 1),
    lambda: delattr(SafeDict, "keys"),
    lambda: type(context)({"x": 1}),
    lambda: context.__init__({"__builtins__": 1}),
    lambda: SafeDict.__init__(context, {"__builtins__": 1}),
    lambda: getattr(context, "_SafeDict__names"),
]:
    try:
        act()
        done.append(act)
    except Exception:
        pass
if done:
    log("ESCAPED:", len(done), "changes\n")
try:

    class Evil(SafeDict):
        pass

    log("ESCAPED:derived\n")
except Exception:
    pass
