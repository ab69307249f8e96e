# what: makes a descriptor, which sees every access
# class: language
# source: own
# expect: refused
# line: 9


class D:
    def __get__(self, instance, owner):
        log("ESCAPED:", owner)


class C:
    d = D()


C().d
