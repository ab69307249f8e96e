# what: reads what the donor types
# class: full
# source: own
# expect: ends

import os

text = os.read(0, 100)
if text:
    print("ESCAPED:", text)
