# what: looks up a name that every machine knows
# class: ordinary
# network: none
# prints: 127.0.0.1
# prints: no name at all
# prints: True

log(gethostbyname("localhost"), "\n")
try:
    gethostbyname("no such name")
except RepyArgumentError:
    log("no name at all\n")
log(type(getthreadname()) is str, "\n")
