# what: imports under another name
# class: language
# source: own
# expect: refused
# line: 7

import sys as quiet

if quiet:
    log("ESCAPED:import as")
