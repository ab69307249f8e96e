# what: uses every augmented assignment on names, attributes and items
# class: ordinary
# prints: 162 25 {'a': 7, 'b': [1, 2, 3]} [0, 9, -1] ababab 2.25


class Counter:
    total = 0


counter = Counter()
table = {"a": 10, "b": [1, 2]}
row = [0] * 3
number = 7
number += 3
number -= 1
number *= 4
number //= 5
number **= 3
number %= 50
number <<= 3
number >>= 1
number |= 1
number &= 0xFF
number ^= 0x0F
counter.total += 5
counter.total *= counter.total
table["a"] -= 3
table["b"] += [3]
row[1] += 9
row[-1] -= 1
text = "a"
text += "b"
text *= 3
share = 9.0
share /= 4
log(number, counter.total, table, row, text, share, "\n")
