# what: defines a function of a guard's name
# class: language
# source: RestrictedPython tests
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 9


def _getiter_(thing):
    return thing


if callable(_getiter_):
    log("bound, to no effect")
