# what: calls the guards at every depth of the stack, hoping that one fails open
# class: language
# source: own
# expect: ends | error | crash
# control: none: the depth at which a guard would fail is the attack


def numbers():
    yield 1


found = []


def dive(depth):
    try:
        dive(depth + 1)
    except RecursionError:
        pass
    for attempt in [
        lambda: getattr(numbers(), "gi_frame"),
        lambda: "{0.__class__}".format(0),
        lambda: type(dive)(),
    ]:
        try:
            found.append(attempt())
        except Exception:
            pass


dive(0)
if found:
    log("ESCAPED:a guard failed open")
