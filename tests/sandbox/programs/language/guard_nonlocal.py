# what: reaches a guard's name by nonlocal
# class: language
# source: own
# control: none: binding the name is harmless where guards have unwritable names
# expect: refused | ends | error
# line: 10


def outer():
    _unpack_sequence_ = 1

    def inner():
        nonlocal _unpack_sequence_
        _unpack_sequence_ = 2

    inner()
    return _unpack_sequence_


if outer() == 2:
    log("bound, to no effect")
