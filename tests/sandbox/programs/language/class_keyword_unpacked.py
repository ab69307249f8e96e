# what: hands a metaclass to a class statement inside ** unpacking
# class: language
# source: own
# expect: refused
# line: 10

extra = {"metaclass": lambda *parts: log("ESCAPED:metaclass unpacked")}


class Thing(**extra):
    pass
