# what: chains generators, sends into them and delegates
# class: ordinary
# prints: [(0, 2), (4, 6), (8, 10), (12, 14), (16, 18)]
# prints: [10.0, 15.0, 30.0]
# prints: [1, 2, 3, 4]
# prints: 285 (6, 48)


def numbers(limit):
    n = 0
    while n < limit:
        yield n
        n += 1


def evens(source):
    for n in source:
        if n % 2 == 0:
            yield n


def pairs(source):
    waiting = None
    for n in source:
        if waiting is None:
            waiting = n
        else:
            yield waiting, n
            waiting = None


def average():
    total, count, answer = 0, 0, None
    while True:
        value = yield answer
        total += value
        count += 1
        answer = total / count


def tree(node):
    if node:
        left, value, right = node
        yield from tree(left)
        yield value
        yield from tree(right)


log(list(pairs(evens(numbers(20)))), "\n")
running = average()
next(running)
log([running.send(value) for value in (10, 20, 60)], "\n")
running.close()
log(list(tree(((None, 1, None), 2, ((None, 3, None), 4, None)))), "\n")
log(sum(n * n for n in numbers(10)), max((n % 7, n) for n in range(50)), "\n")
