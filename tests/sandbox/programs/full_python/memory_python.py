# what: takes a gigabyte of Python objects
# class: full
# source: own
# expect: stopped memory | error
# seconds: 8

hoard = []
while len(hoard) < 1000:
    hoard.append(bytearray(1_000_000))
    hoard[-1][::4096] = b"x" * len(hoard[-1][::4096])
print("ESCAPED:a gigabyte")
