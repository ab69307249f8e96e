# what: fills a dictionary with small objects
# class: resource
# source: own
# expect: stopped memory
# seconds: 12

table = {}
number = 0
while True:
    table[number] = [number]
    number += 1
