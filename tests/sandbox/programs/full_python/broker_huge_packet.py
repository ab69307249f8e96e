# what: sends the broker packets larger than it takes
# class: full
# source: own
# expect: stopped | error | crash | ends
# control: none: needs a broker
# seconds: 5

import os

for size in [131072 + 4097, 400_000, 900_000]:
    try:
        os.write(3, b"\x93" + b"x" * size)
    except OSError:
        pass
