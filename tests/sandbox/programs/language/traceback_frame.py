# what: names tb_frame
# class: language
# source: CVE-2023-37271
# expect: refused
# line: 9


def climb(trace):
    return trace.tb_frame


if callable(climb):
    log("the check let it pass")
