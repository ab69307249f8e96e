# what: names f_locals
# class: language
# source: CVE-2023-37271
# expect: refused
# line: 9


def climb(frame):
    return frame.f_locals


if callable(climb):
    log("the check let it pass")
