# what: claims another class for an object by a property
# class: language
# source: CTF folklore
# expect: refused
# line: 10


class Thing:
    @property
    def __class__(self):
        return int


if isinstance(Thing(), int):
    log("ESCAPED:fake class")
