# what: compiles a text
# class: language
# source: CTF folklore
# expect: refused | error

code = compile("1", "x", "eval")
if code:
    log("ESCAPED:compile")
