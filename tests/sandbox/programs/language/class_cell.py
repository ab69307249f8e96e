# what: binds the hidden name __class__ that super() reads
# class: language
# source: own
# expect: refused
# line: 9


def trick():
    __class__ = int
    return __class__


if trick():
    log("the check let it pass")
