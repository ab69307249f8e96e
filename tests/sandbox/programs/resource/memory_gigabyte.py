# what: asks for a gigabyte at once and keeps asking
# class: resource
# source: own
# expect: stopped memory

data = bytearray(1_000_000_000)
log("ESCAPED:a gigabyte\n")
