# what: keeps secrets in private names of classes
# class: ordinary
# prints: 3 2 1
# prints: base sub
# prints: no __count outside
# prints: [1, 4, 9] 14


class Counter:
    __made = 0

    def __init__(self, start):
        self.__count = start
        Counter.__made += 1

    def __step(self, by):
        self.__count -= by
        return self.__count + by

    def down(self):
        return [self.__step(1) for _ in range(3)]

    @property
    def made(self):
        return self.__made


class Base:
    def __init__(self):
        self.__word = "base"

    def word(self):
        return self.__word


class Sub(Base):
    def __init__(self):
        super().__init__()
        self.__word = "sub"

    def words(self):
        return self.word(), self.__word


log(*Counter(3).down())
log("\n")
log(*Sub().words())
log("\n")
try:
    Counter(1).count
except AttributeError:
    log("no __count outside\n")


class Squares:
    def __init__(self, most):
        __all = []
        for number in range(1, most + 1):
            __all.append(number**2)

        class __Sum:
            total = sum(number**2 for number in range(1, most + 1))

        def __whole():
            nonlocal __all
            __all = list(__all)
            return __all

        self.__all, self.total = __whole(), __Sum.total

    def show(self):
        log(self.__all, self.total)


Squares(3).show()
