# what: fetches the traceback of an exception by a name made at run time
# class: language
# source: own
# expect: ends

trace = None
try:
    1 / 0
except ZeroDivisionError as problem:
    try:
        trace = getattr(problem, "__trace" + "back__")
    except Exception:
        pass
if trace is not None:
    log("ESCAPED:traceback by getattr")
