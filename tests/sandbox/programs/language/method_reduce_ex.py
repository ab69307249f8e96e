# what: defines __reduce_ex__
# class: language
# source: own
# expect: refused
# line: 9


class Thing:
    def __reduce_ex__(self, version):
        return (log, ("x",))


if Thing():
    log("the check let it pass")
