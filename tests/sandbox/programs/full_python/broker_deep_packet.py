# what: sends the broker packets nested a hundred thousand deep
# class: full
# source: own
# expect: stopped | error | crash
# control: none: needs a broker
# seconds: 5

import os
import time

os.write(3, b"\x91" * 100_000)
os.write(3, b"\x81" * 100_000)
time.sleep(30)
