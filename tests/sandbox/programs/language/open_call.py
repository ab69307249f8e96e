# what: opens a file with the builtin open
# class: language
# source: own
# expect: refused | error

file = open("/etc/hostname")
if file:
    log("ESCAPED:open")
