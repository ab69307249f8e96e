# what: repeats a list a billion times
# class: resource
# source: own
# expect: stopped memory

hoard = [0] * 1_000_000_000
log("ESCAPED:a billion items\n")
