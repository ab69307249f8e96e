# what: shadows guards by *args and **kwargs
# class: language
# source: GHSA-ffg3-p8fm-mjx2
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 9


def read(*_getattr_, **_write_):
    return _getattr_


if callable(read):
    log("bound, to no effect")
