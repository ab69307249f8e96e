# what: defines __class_getitem__, __set_name__ and __prepare__
# class: language
# source: own
# expect: refused
# line: 9


class Thing:
    def __prepare__(self):
        return {}


if Thing():
    log("the check let it pass")
