# what: runs code in an annotation, which a check might have skipped
# class: language
# source: own
# expect: refused | ends


def trick(value: ().__class__.__bases__ = 1) -> ().__class__:
    return value


found: ().__class__.__base__.__subclasses__() = 3
seen = {}
try:
    seen = getattr(trick, "__annotations__")
except Exception:
    pass
if seen:
    log("ESCAPED:annotation evaluated")
