# what: makes a file outside
# class: full
# source: own
# expect: error | ends

import sys

with open(sys.argv[1] + "/made", "w") as file:
    file.write("made")
print("ESCAPED:made a file")
