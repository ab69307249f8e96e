# what: defines a class of a guard's name
# class: language
# source: RestrictedPython tests
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 9


class _write_:
    pass


if _write_:
    log("bound, to no effect")
