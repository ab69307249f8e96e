# what: lets a decorator call eval
# class: language
# source: CTF folklore
# expect: refused | error

make = "().__class__"


@eval
@lambda f: make
def found():
    pass


if found:
    log("ESCAPED:decorated")
