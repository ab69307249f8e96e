# what: names co_code
# class: language
# source: CVE-2023-37271
# expect: refused
# line: 9


def climb(code):
    return code.co_code


if callable(climb):
    log("the check let it pass")
