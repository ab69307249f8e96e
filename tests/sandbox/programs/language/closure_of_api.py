# what: reads the closure of an API function
# class: language
# source: own
# expect: refused
# line: 13


def make():
    hidden = 1
    return lambda: hidden


found = make().__closure__[0].cell_contents
if found:
    log("ESCAPED:closure")
