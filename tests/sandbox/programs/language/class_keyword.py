# what: hands keywords to a class statement, which reach __init_subclass__
# class: language
# source: own
# expect: refused
# line: 12


class Base:
    pass


class Thing(Base, power=9):
    pass


log("the check let it pass")
