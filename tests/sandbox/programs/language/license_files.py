# what: rewrites the files that license() prints
# class: language
# source: CTF folklore
# expect: refused
# line: 7

license._Printer__filenames = ["/etc/hostname"]
log("ESCAPED:license")
