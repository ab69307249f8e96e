# what: swaps the code of a function
# class: language
# source: CTF folklore
# expect: refused
# line: 16


def one():
    return 1


def two():
    return 2


one.__code__ = two.__code__
if one() == 2:
    log("ESCAPED:code swapped")
