# what: logs an object whose text is enormous
# class: resource
# source: own
# expect: stopped memory | error | alive
# restrictions: lograte 30000
# seconds: 3


class Large:
    def __str__(self):
        return "x" * 500_000_000


log(Large())
