# what: takes the code object of a generator
# class: language
# source: CVE-2023-37271
# expect: refused
# line: 12


def numbers():
    yield 1


code = numbers().gi_code
if code:
    log("ESCAPED:gi_code")
