# what: names cr_frame on a thing that it was given
# class: language
# source: CVE-2023-37271
# expect: refused
# line: 9


def climb(thing):
    return thing.cr_frame


if callable(climb):
    log("the check let it pass")
