# what: fetches gi_frame by a name made at run time
# class: language
# source: own
# expect: ends


def numbers():
    yield 1


try:
    frame = getattr(numbers(), "gi" + "_frame")
except Exception:
    frame = None
if frame is not None:
    log("ESCAPED:gi_frame by getattr")
