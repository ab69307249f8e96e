# what: lays out its class by itself
# class: language
# source: own
# expect: refused
# line: 8

class D:
    __slots__ = ("a",)


log("ESCAPED:", D.a)
