# what: has a descriptor told the class it stands in
# class: language
# source: own
# expect: refused
# line: 9


class D:
    def __set_name__(self, owner, name):
        log("ESCAPED:", owner)


class C:
    d = D()
