# what: changes the exception classes that the host raises and catches
# class: language
# source: own
# expect: ends
# control: none: needs API classes

changed = []
for kind in [
    Exception,
    ValueError,
    RepyArgumentError,
    SocketWouldBlockError,
    FileNotFoundError,
]:
    for name in ["args", "__str__", "__init__", "message", "x", "with_traceback"]:
        try:
            setattr(kind, name, lambda self, *arguments: "changed")
            changed.append(name)
        except Exception:
            pass
if changed:
    log("ESCAPED:patched", changed)
