# what: makes objects of a class in its own way
# class: language
# source: own
# expect: refused
# line: 9


class D:
    def __new__(cls):
        log("ESCAPED:", cls)
        return 1


D()
