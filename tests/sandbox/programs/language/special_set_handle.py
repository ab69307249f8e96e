# what: changes handles, calls and contexts by magic methods asked for by name
# class: language
# source: own
# expect: refused
# control: none: needs API objects

file = openfile("mine", True)
context = SafeDict()
for thing in [
    file,
    log,
    createlock(),
    context,
    mycontext,
    RepyArgumentError("x"),
    RepyException,
]:
    for name in ["close", "_Handle__handle", "_SafeDict__names", "anything", "args", "readat"]:
        for change in [
            lambda: object.__setattr__(thing, name, lambda *arguments: "changed"),
            lambda: object.__delattr__(thing, name),
            lambda: super(type(thing), thing).__setattr__(name, "changed"),
            lambda: super(SafeDict, thing).__setattr__(name, "changed"),
            lambda: Exception.__setattr__(thing, name, "changed"),
            lambda: thing.__setattr__(name, "changed"),
            lambda: dict.__setitem__(thing, "__builtins__", {}),
        ]:
            if thing is mycontext and type(thing) is dict:
                continue
            try:
                change()
                log("ESCAPED:changed", name, "\n")
            except Exception:
                pass
file.close()
