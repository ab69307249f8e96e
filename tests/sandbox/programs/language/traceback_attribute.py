# what: climbs from an exception to its traceback
# class: language
# source: CVE-2023-37271
# expect: refused
# line: 10

try:
    1 / 0
except ZeroDivisionError as problem:
    trace = problem.__traceback__
    if trace:
        log("ESCAPED:traceback")
