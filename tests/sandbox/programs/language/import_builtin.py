# what: calls __import__
# class: language
# source: CTF folklore
# expect: refused
# line: 7

module = __import__("posix")
if module.getpid():
    log("ESCAPED:__import__")
