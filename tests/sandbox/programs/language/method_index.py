# what: defines __index__, with which C code is re-entered
# class: language
# source: cpython issue 91153
# expect: refused
# line: 9


class Number:
    def __index__(self):
        return 0


if [7][Number()] == 7:
    log("ESCAPED:__index__")
