# what: brings itself back to life in every finalizer
# class: language
# source: own
# expect: ends | refused
# seconds: 5
# control: none: it would never end

grave = []


class Undead:
    def __del__(self):
        grave.append(self)
        grave.append(Undead())


for round in range(100):
    Undead()
    grave.clear()
