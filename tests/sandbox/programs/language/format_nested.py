# what: hides the attribute in a field inside a format specification
# class: language
# source: own
# expect: ends

try:
    got = "{0:{1.__class__.__name__}}".format(Exception, 0)
except TypeError as problem:
    got = str(problem)
except Exception as problem:
    got = str(problem) if "int" == str(problem)[-3:] else ""
if "unsupported format string" in got or "int" == got:
    log("ESCAPED:nested format")
