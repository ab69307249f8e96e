# what: imports a name from a module
# class: language
# source: CTF folklore
# expect: refused
# line: 7

from operator import attrgetter

if attrgetter("__class__")(0):
    log("ESCAPED:attrgetter")
