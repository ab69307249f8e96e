# what: fetches the frame of a generator expression by getattr with a default
# class: language
# source: own
# expect: ends

try:
    frame = getattr((n for n in [1]), "gi_frame", None)
except Exception:
    frame = None
if frame is not None:
    log("ESCAPED:frame of a generator expression")
