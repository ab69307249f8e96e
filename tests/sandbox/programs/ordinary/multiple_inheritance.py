# what: calls methods of several bases through super
# class: ordinary
# prints: ['both', 'loud', 'slow', 'base']
# prints: 1 bcbc
# prints: 2 3


class Base:
    def steps(self):
        return ["base"]


class Loud(Base):
    def steps(self):
        return ["loud"] + super().steps()


class Slow(Base):
    def steps(self):
        return ["slow"] + super().steps()


class Both(Loud, Slow):
    def steps(self):
        return ["both"] + super().steps()


class Table(dict):
    def __missing__(self, key):
        return key * 2


class Stack(list):
    def push(self, item):
        self.append(item)
        return self

    def peek(self):
        return self[-1]


log(Both().steps(), "\n")
table = Table(a=1)
log(table["a"], table["bc"], "\n")
log(Stack().push(1).push(2).peek(), len(Stack([1, 2, 3])), "\n")
