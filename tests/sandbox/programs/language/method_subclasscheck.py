# what: lies to isinstance about what an object is
# class: language
# source: own
# expect: refused
# line: 9


class Thing:
    def __instancecheck__(self, other):
        return True


if Thing():
    log("the check let it pass")
