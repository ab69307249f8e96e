# what: asks a format specification for two billion blanks
# class: resource
# source: own
# expect: stopped memory | error | ends
# control: maybe: the texts live too short to be seen

got = ""
try:
    got = "%2000000000d" % 1
except (MemoryError, ValueError, OverflowError):
    pass
try:
    got += "{0:2000000000d}".format(1)
except (MemoryError, ValueError, OverflowError):
    pass
try:
    got += f"{1:2000000000d}"
except (MemoryError, ValueError, OverflowError):
    pass
if len(got) > 100_000_000:
    log("ESCAPED:", len(got), "\n")
