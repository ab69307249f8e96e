# what: floods its standard output past the log call
# class: full
# source: own
# expect: alive | stopped | error
# restrictions: lograte 20000, cpu 0.3
# lograte: 20000
# seconds: 3
# control: none: the amount that comes out is judged

import os

while True:
    os.write(1, b"x" * 4000 + b"\n")
    os.write(2, b"y" * 4000 + b"\n")
