# what: sorts by several keys and by algorithms of its own
# class: ordinary
# prints: [('ann', 31), ('eve', 31), ('bob', 25), ('dan', 25)]
# prints: [('bob', 25), ('dan', 25), ('eve', 31), ('ann', 31)]
# prints: True [0, 75, 75, 82, 107]
# prints: [953, 941, 929] 0 953 [3, 2, 1]

people = [("eve", 31), ("bob", 25), ("ann", 31), ("dan", 25)]
log(sorted(people, key=lambda p: (-p[1], p[0])), "\n")
log(sorted(people, key=lambda p: p[1]), "\n")


def quick(values):
    if len(values) < 2:
        return values
    pivot = values[len(values) // 2]
    return (
        quick([v for v in values if v < pivot])
        + [v for v in values if v == pivot]
        + quick([v for v in values if v > pivot])
    )


def merge(values):
    if len(values) < 2:
        return values
    left, right = merge(values[: len(values) // 2]), merge(values[len(values) // 2 :])
    merged = []
    while left and right:
        merged.append((left if left[0] <= right[0] else right).pop(0))
    return merged + left + right


def insertion(values):
    values = list(values)
    for i in range(1, len(values)):
        j = i
        while j > 0 and values[j - 1] > values[j]:
            values[j - 1], values[j] = values[j], values[j - 1]
            j -= 1
    return values


data, seed = [], 12345
for step in range(40):
    seed = (seed * 1103515245 + 12345) % 2**31
    data.append(seed % 1000)
log(quick(data) == merge(data) == insertion(data) == sorted(data), quick(data)[:5], "\n")
data.sort(reverse=True)
log(data[:3], min(data), max(data), list(reversed([1, 2, 3])), "\n")
