# what: reaches os through another module
# class: language
# source: CVE-2021-32633
# expect: refused
# line: 7

import random

if random._os:
    log("ESCAPED:random._os")
