# what: spells __class__ with letters that only look different to a check before the parser
# class: language
# source: CTF folklore
# expect: refused
# line: 7

found = ()._＿ｃlass_＿
if found:
    log("ESCAPED:look-alike")
