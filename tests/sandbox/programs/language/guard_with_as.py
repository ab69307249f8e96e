# what: binds a guard's name by with ... as
# class: language
# source: own
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 17


class Manager:
    def __enter__(self):
        return 1

    def __exit__(self, *parts):
        return False


with Manager() as _getattr_:
    log("bound, to no effect")
