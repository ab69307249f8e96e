# what: poses as a path
# class: language
# source: own
# expect: refused
# line: 9


class D:
    def __fspath__(self):
        log("ESCAPED:asked")
        return "/etc/hostname"


log("ESCAPED:defined")
