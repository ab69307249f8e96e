# what: fills a dictionary with keys that all collide
# class: resource
# source: own
# expect: alive | stopped memory
# restrictions: cpu 0.1
# cpu: 0.1
# seconds: 3


class Key:
    def __hash__(self):
        return 1


table = {}
while True:
    table[Key()] = 1
