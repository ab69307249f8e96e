# what: builds lists, sets and dictionaries in one expression and unpacks them
# class: ordinary
# prints: ['NOT', 'THAT', 'THE', 'QUESTION']
# prints: [2, 3, 4, 8]
# prints: {'be': 2, 'is': 1, 'not': 1, 'or': 1, 'question': 1, 'that': 1, 'the': 1, 'to': 2}
# prints: [(1, 0), (2, 1), (3, 0), (3, 2)]
# prints: {'x': 1, 'y': 2, 'z': 3} 1 2 3 [4, 5] [4, 5, 0, 1]
# prints: 1+2+3[('k', 'v')] a-b[('n', 1)]
# prints: True True [('a', 1), ('b', 2)] [(1, 'a'), (2, 'b')]
# prints: ['to', 'not', 'that', 'question'] ['the', 'question'] yes True
# prints: many: 10

words = "to be or not to be that is the question".split()
log([w.upper() for w in words if len(w) > 2], "\n")
log(sorted({len(w) for w in words}), "\n")
log({w: words.count(w) for w in sorted(set(words))}, "\n")
log([(i, j) for i in range(4) for j in range(i) if (i + j) % 2], "\n")
table = {"x": 1, **{"y": 2}, **dict(z=3)}
(a, b), c, *rest = (1, 2), 3, 4, 5
log(table, a, b, c, rest, [*rest, *range(2)], "\n")


def describe(first, *others, sep="-", **named):
    return sep.join(map(str, (first, *others))) + str(sorted(named.items()))


log(describe(1, 2, 3, sep="+", k="v"), describe(*"ab", **{"n": 1}), "\n")
log(
    any(w == "be" for w in words),
    all(words),
    list(zip("ab", [1, 2])),
    list(enumerate("ab", 1)),
    "\n",
)
log(words[::3], words[-2:], "yes" if "or" in words else "no", 1 < 2 < 3, "\n")
if (count := len(words)) > 5:
    log("many:", count, "\n")
