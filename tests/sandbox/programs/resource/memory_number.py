# what: makes a number of a billion bits
# class: resource
# source: own
# expect: stopped memory

number = 1 << 8_000_000_000
log("ESCAPED:a gigabyte of number\n")
