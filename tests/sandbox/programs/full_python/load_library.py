# what: loads a library of the system
# class: full
# source: own
# expect: error | ends

import ctypes

for name in ["libutil.so.1", "libresolv.so.2", "libnss_files.so.2"]:
    try:
        ctypes.CDLL(name)
        print("ESCAPED:loaded", name)
    except OSError:
        pass
