# what: defines __init_subclass__
# class: language
# source: own
# expect: refused
# line: 9


class Base:
    def __init_subclass__(cls):
        log("ESCAPED:__init_subclass__")


class Thing(Base):
    pass
