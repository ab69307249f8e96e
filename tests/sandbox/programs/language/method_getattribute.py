# what: defines __getattribute__
# class: language
# source: own
# expect: refused
# line: 9


class Thing:
    def __getattribute__(self, name):
        return name


if Thing().anything == "anything":
    log("ESCAPED:__getattribute__")
