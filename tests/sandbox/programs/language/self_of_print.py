# what: reads the module behind print by getattr
# class: language
# source: CTF folklore
# expect: ends

try:
    module = getattr(print, "__se" + "lf__")
except Exception:
    module = None
if module:
    log("ESCAPED:print.__self__")
