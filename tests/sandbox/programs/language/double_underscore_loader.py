# what: reads __loader__ or __spec__ by name
# class: language
# source: CTF folklore
# expect: refused
# line: 7

found = [__spec__, __loader__]
if found:
    log("ESCAPED:loader")
