# what: takes a parameter named like the builtins
# class: language
# source: own
# expect: refused
# line: 8


def trick(__builtins__):
    return __builtins__


if trick(3):
    log("the check let it pass")
