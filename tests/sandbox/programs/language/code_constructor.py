# what: builds a code object from bytes
# class: language
# source: CTF folklore
# expect: refused
# line: 12


def one():
    return 1


other = one.__code__.replace(co_consts=(None, 2))
if other:
    log("ESCAPED:code replaced")
