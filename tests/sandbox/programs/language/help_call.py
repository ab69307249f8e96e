# what: asks for help, which imports pydoc and may start a pager
# class: language
# source: CTF folklore
# expect: refused | error

tool = help
if tool:
    log("ESCAPED:help")
