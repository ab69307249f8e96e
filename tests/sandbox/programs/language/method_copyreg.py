# what: says how it is to be pickled
# class: language
# source: own
# expect: refused
# line: 9


class D:
    def __getstate__(self):
        return 1


log("ESCAPED:", D().__getstate__())
