# what: reads what stands behind an API function with a format field
# class: language
# source: own
# expect: ends

try:
    got = "{0.__globals__}".format(log)
except Exception:
    got = ""
if len(got) > 0:
    log("ESCAPED:globals of log")
