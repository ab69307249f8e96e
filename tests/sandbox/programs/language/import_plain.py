# what: imports os
# class: language
# source: own
# expect: refused
# line: 7

import os

if os.getpid():
    log("ESCAPED:import os")
