# what: appends to a list for ever
# class: resource
# source: own
# expect: stopped memory
# seconds: 10

hoard = []
while True:
    hoard.append("x" * 100000 + str(len(hoard)))
