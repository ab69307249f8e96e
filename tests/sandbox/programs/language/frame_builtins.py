# what: names f_builtins
# class: language
# source: CVE-2023-37271
# expect: refused
# line: 9


def climb(frame):
    return frame.f_builtins


if callable(climb):
    log("the check let it pass")
