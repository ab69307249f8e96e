# what: the classic walk from () to every loaded class
# class: language
# source: CTF folklore
# expect: refused
# line: 7

classes = ().__class__.__bases__[0].__subclasses__()
if classes:
    log("ESCAPED:subclasses")
