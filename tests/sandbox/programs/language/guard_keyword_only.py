# what: shadows a guard by a keyword-only parameter
# class: language
# source: GHSA-ffg3-p8fm-mjx2
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 9


def read(thing, *, _write_=lambda x: x):
    return thing


if callable(read):
    log("bound, to no effect")
