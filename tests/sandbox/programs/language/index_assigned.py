# what: assigns __index__ as an attribute of a class
# class: language
# source: cpython issue 91153
# expect: refused
# line: 12


class Number:
    pass


Number.__index__ = lambda self: 0
if [7][Number()] == 7:
    log("ESCAPED:__index__")
