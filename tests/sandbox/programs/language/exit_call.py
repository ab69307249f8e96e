# what: leaves by the site module's exit, whose file it could reach
# class: language
# source: CTF folklore
# expect: refused | error

tool = exit
if tool:
    log("ESCAPED:exit")
