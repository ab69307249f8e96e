# what: defines __reduce__, which pickling and copying call
# class: language
# source: own
# expect: refused
# line: 9


class Thing:
    def __reduce__(self):
        return (log, ("x",))


if callable(Thing().__reduce__):
    log("ESCAPED:__reduce__")
