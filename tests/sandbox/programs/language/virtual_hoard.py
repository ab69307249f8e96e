# what: makes namespaces without end, whose texts a host might keep
# class: language
# source: own
# expect: stopped memory | alive
# seconds: 12
# control: none: needs virtual namespaces

number = 0
while True:
    createvirtualnamespace("# " + "x" * 100000 + "\n", "n%d" % number)
    number += 1
