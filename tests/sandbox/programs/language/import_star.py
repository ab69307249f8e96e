# what: imports everything of a module
# class: language
# source: own
# expect: refused
# line: 7

from posix import *

if getpid():
    log("ESCAPED:import star")
