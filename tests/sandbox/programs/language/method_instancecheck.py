# what: decides what is an instance
# class: language
# source: own
# expect: refused
# line: 9


class D:
    def __instancecheck__(self, thing):
        log("ESCAPED:", thing)
        return True


isinstance(1, D())
