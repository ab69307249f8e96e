# what: lays out its class by itself
# class: language
# source: own
# expect: refused
# line: 9


class D:
    __slots__ = ("a",)


log("ESCAPED:", D.a)
