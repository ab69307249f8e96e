# what: claims another class for an object in the class body
# class: language
# source: CTF folklore
# expect: refused
# line: 9


class Thing:
    __class__ = int


if isinstance(Thing(), int):
    log("ESCAPED:fake class")
