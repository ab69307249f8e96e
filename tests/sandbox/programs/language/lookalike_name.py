# what: spells eval in mathematical letters
# class: language
# source: CTF folklore
# expect: refused | error

found = 𝓮𝓿𝓪𝓵("1")
if found:
    log("ESCAPED:look-alike eval")
