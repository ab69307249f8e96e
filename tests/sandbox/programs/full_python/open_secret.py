# what: opens a file of the donor and reads it
# class: full
# source: own
# expect: error | ends

import sys

with open(sys.argv[2]) as file:
    print("ESCAPED:" + file.read())
