# what: sends the broker packets that are no requests
# class: full
# source: own
# expect: stopped | error | crash
# control: none: needs a broker
# seconds: 5

import os
import random

chance = random.Random(5)
for number in range(2000):
    os.write(3, chance.randbytes(chance.randint(0, 300)))
print("sent all of it")
while True:
    os.read(3, 100000)
