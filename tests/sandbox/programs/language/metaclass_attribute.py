# what: assigns the name that the transformer itself puts into class statements
# class: language
# control: none: the name means something to RestrictedPython only
# source: own
# expect: refused
# line: 8

__metaclass__ = lambda *parts: log("taken over")


class Thing:
    pass
