# what: calls __getattribute__ of a base by super()
# class: language
# source: own
# expect: refused
# line: 10


class Thing:
    def read(self, name):
        return super().__getattribute__(name)


if Thing().read("__class__"):
    log("ESCAPED:super().__getattribute__")
