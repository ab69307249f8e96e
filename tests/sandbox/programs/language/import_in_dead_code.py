# what: hides an import behind a condition that is never true
# class: language
# source: own
# expect: refused
# line: 8

if 0:
    import os
log("the check let it pass")
