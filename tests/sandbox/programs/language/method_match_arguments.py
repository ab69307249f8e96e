# what: sets __match_args__, with which class patterns read attributes
# class: language
# source: own
# expect: refused
# line: 9


class Thing:
    __match_args__ = ("__dict__",)


if Thing():
    log("the check let it pass")
