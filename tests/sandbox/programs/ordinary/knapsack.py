# what: packs the most valuable things and places eight queens
# class: ordinary
# prints: (510, ['map', 'compass', 'sandwich', 'glucose', 'tin', 'banana'])
# prints: [1, 0, 0, 2, 10, 4, 40]

things = [
    ("map", 9, 150),
    ("compass", 13, 35),
    ("water", 153, 200),
    ("sandwich", 50, 160),
    ("glucose", 15, 60),
    ("tin", 68, 45),
    ("banana", 27, 60),
    ("apple", 39, 40),
]


def pack(limit):
    best = [(0, [])] * (limit + 1)
    for name, weight, value in things:
        for room in range(limit, weight - 1, -1):
            worth, names = best[room - weight]
            if worth + value > best[room][0]:
                best[room] = (worth + value, names + [name])
    return best[limit]


def queens(size, row=0, columns=(), up=(), down=()):
    if row == size:
        return 1
    return sum(
        queens(size, row + 1, columns + (c,), up + (row + c,), down + (row - c,))
        for c in range(size)
        if c not in columns and row + c not in up and row - c not in down
    )


log(pack(200), "\n")
log([queens(n) for n in range(1, 8)], "\n")
