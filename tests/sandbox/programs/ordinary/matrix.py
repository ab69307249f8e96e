# what: multiplies matrices and finds determinants
# class: ordinary
# prints: [1, 0, 0]
# prints: [0, 1, 0]
# prints: [0, 0, 1]
# prints: 1 1

Matrix = list


def multiply(a, b):
    return [[sum(x * y for x, y in zip(row, column)) for column in zip(*b)] for row in a]


def determinant(m):
    if len(m) == 1:
        return m[0][0]
    total = 0
    for column, value in enumerate(m[0]):
        minor = [row[:column] + row[column + 1 :] for row in m[1:]]
        total += (-1) ** column * value * determinant(minor)
    return total


a = [[1, 2, 3], [0, 1, 4], [5, 6, 0]]
b = [[-24, 18, 5], [20, -15, -4], [-5, 4, 1]]
for row in multiply(a, b):
    log(row, "\n")
log(determinant(a), determinant(multiply(a, a)), "\n")
