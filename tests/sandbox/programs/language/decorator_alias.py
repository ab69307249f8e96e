# what: renames exec before decorating with it
# class: language
# source: CTF folklore
# expect: refused | error

run = exec


@run
@lambda f: "x = 1"
def found():
    pass


log("ESCAPED:exec by alias")
