# what: ends with the exit code that means something else
# class: full
# source: own
# expect: ends | error | crash
# control: none: an exit is no escape

import os

os._exit(3)
