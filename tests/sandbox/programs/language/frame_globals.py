# what: names f_globals
# class: language
# source: CVE-2023-37271
# expect: refused
# line: 9


def climb(frame):
    return frame.f_globals


if callable(climb):
    log("the check let it pass")
