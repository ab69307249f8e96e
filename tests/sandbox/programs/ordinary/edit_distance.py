# what: finds the distance of words by dynamic programming
# class: ordinary
# prints: ('kitten', 'sitting') 3 ittn
# prints: ('flaw', 'lawn') 2 law
# prints: ('', 'abc') 3


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def common(a, b):
    table = [[""] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            table[i + 1][j + 1] = (
                table[i][j] + x if x == y else max(table[i][j + 1], table[i + 1][j], key=len)
            )
    return table[-1][-1]


for pair in (("kitten", "sitting"), ("flaw", "lawn"), ("", "abc")):
    log(pair, distance(*pair), common(*pair), "\n")
