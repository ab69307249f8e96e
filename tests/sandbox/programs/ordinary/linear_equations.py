# what: solves equations by elimination, exactly, with whole numbers
# class: ordinary
# prints: [2.0, 3.0, -1.0]
# prints: [3.0, 5.0]


def solve(rows):
    rows = [list(row) for row in rows]
    size = len(rows)
    for column in range(size):
        pivot = next(r for r in range(column, size) if rows[r][column] != 0)
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for other in range(size):
            if other != column and rows[other][column]:
                a, b = rows[column][column], rows[other][column]
                rows[other] = [a * y - b * x for x, y in zip(rows[column], rows[other])]
    return [row[-1] / row[n] for n, row in enumerate(rows)]


log(solve([[2, 1, -1, 8], [-3, -1, 2, -11], [-2, 1, 2, -3]]), "\n")
log(solve([[0, 1, 5], [1, 1, 8]]), "\n")
