# what: imports modules that were not loaded before
# class: full
# source: own
# expect: error | ends

import sys

before = set(sys.modules)
found = []
for name in [
    "wave",
    "sqlite3",
    "smtplib",
    "pty",
    "turtle",
    "this_is_none",
    "telnetlib",
    "mailbox",
]:
    try:
        if name not in before:
            __import__(name)
            found.append(name)
    except ImportError:
        pass
if found:
    print("ESCAPED:imported", found)
