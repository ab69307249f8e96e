# what: names ag_frame on a thing that it was given
# class: language
# source: RestrictedPython 8.5 change log
# expect: refused
# line: 9


def climb(thing):
    return thing.ag_frame


if callable(climb):
    log("the check let it pass")
