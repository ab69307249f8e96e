# what: names tb_next
# class: language
# source: CVE-2023-37271
# expect: refused
# line: 9


def climb(trace):
    return trace.tb_next


if callable(climb):
    log("the check let it pass")
