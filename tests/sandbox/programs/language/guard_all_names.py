# what: binds every name that RestrictedPython's own guards have, then does what they would stop
# class: language
# source: CVE-2026-55830
# expect: refused | ends | error
# control: none: binding the names is harmless where guards have unwritable names


def through(*arguments, **keywords):
    return arguments[0] if arguments else None


_getattr_ = _getitem_ = _getiter_ = _write_ = _apply_ = through
_iter_unpack_sequence_ = _unpack_sequence_ = _inplacevar_ = _print_ = _print = through


def numbers():
    yield 1


got = []
for attempt in [
    lambda: getattr(numbers(), "gi_frame"),
    lambda: "{0.__class__.__mro__}".format(0),
    lambda: getattr((), "__class__"),
]:
    try:
        got.append(attempt())
    except Exception:
        pass
if got:
    log("ESCAPED:guards shadowed")
