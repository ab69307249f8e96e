# what: calls the guards when there is no memory left, hoping that one fails open
# class: language
# source: own
# expect: ends | error | stopped memory
# control: none: the shortage is the attack

found = []
hoard = []
size = 8_000_000
while size > 16:
    try:
        hoard.append("x" * size)
    except MemoryError:
        size //= 2
        try:
            found.append("{0.__class__}".format(0))
        except Exception:
            pass
        try:
            found.append(getattr((), "__class__"))
        except Exception:
            pass
    if len(hoard) > 2000:
        break
hoard.clear()
if found:
    log("ESCAPED:a guard failed open")
