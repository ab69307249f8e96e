# what: uses a class-private name, which the compiler mangles
# class: language
# source: own
# expect: refused
# line: 10


class Thing:
    def set(self):
        self.__hidden = 1


Thing().set()
log("the check let it pass")
