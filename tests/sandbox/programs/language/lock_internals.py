# what: pulls the interpreter's own lock out of an API lock
# class: language
# source: own
# expect: ends
# control: none: needs API objects

lock = createlock()
for name in [
    "__self__",
    "__func__",
    "_lock",
    "lock",
    "_is_owned",
    "_release_save",
    "locked",
    "release_lock",
    "__enter__",
]:
    for thing in [lock, lock.acquire, lock.release]:
        try:
            found = getattr(thing, name)
        except Exception:
            found = None
        if found is not None and name != "locked":
            log("ESCAPED:", name, "\n")
