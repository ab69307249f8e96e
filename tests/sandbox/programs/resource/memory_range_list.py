# what: turns an endless iterator into a list
# class: resource
# source: own
# expect: stopped memory
# seconds: 15

hoard = list(iter(int, 1))
log("ESCAPED:an endless list\n")
