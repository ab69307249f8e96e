# what: finds BaseException above Exception by mro()
# class: language
# source: own
# expect: refused | ends | error

found = None
try:
    found = Exception.mro()[1]
except Exception:
    pass
if found is not None:
    log("ESCAPED:BaseException by mro")
