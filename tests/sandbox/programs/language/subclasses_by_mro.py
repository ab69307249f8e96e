# what: takes object from mro(), which has no underscores, and asks it for its subclasses
# class: language
# source: own
# expect: ends | refused

classes = []
try:
    root = int.mro()[-1]
    classes = getattr(root, "__subclasses__")()
except Exception:
    pass
if classes:
    log("ESCAPED:subclasses by mro")
