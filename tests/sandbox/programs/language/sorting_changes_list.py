# what: changes lists and dictionaries while C code walks them
# class: language
# source: cpython issue 142558
# expect: ends | error | crash
# control: none: CPython defends itself


class Key:
    def __init__(self, number):
        self.number = number

    def __lt__(self, other):
        victims.clear()
        return True

    def __eq__(self, other):
        table.clear()
        return False

    def __hash__(self):
        return 1


victims = [Key(n) for n in range(50)]
try:
    victims.sort()
except ValueError:
    pass
table = {}
try:
    for n in range(50):
        table[Key(n)] = n
        Key(0) in table
except Exception:
    pass
log("went on\n")
