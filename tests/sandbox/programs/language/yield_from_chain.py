# what: reads the inner iterator of a generator
# class: language
# source: CVE-2023-37271
# expect: refused
# line: 18


def inner():
    yield 1


def outer():
    yield from inner()


generator = outer()
next(generator)
if generator.gi_yieldfrom:
    log("ESCAPED:gi_yieldfrom")
