# what: reads the donor's environment as Python and the C library know it
# class: full
# source: own
# expect: ends

import ctypes
import os

needle = "SEATTLE_CORPUS" + "_SECRET"
if needle in os.environ:
    print("ESCAPED:os.environ")
pointers = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
number = 0
while pointers and pointers[number]:
    if needle.encode() in pointers[number]:
        print("ESCAPED:environ")
    number += 1
