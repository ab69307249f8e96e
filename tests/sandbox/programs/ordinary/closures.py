# what: keeps state in closures by nonlocal, and functions in tables
# class: ordinary
# prints: 15 20
# prints: 15
# prints: 23416728348467685
# prints: 71
# prints: 10 [3, 4, 5]


def counter(start=0, *, step=1):
    value = start

    def next_value():
        nonlocal value
        value += step
        return value

    def reset():
        nonlocal value
        value = start

    return next_value, reset


up, reset = counter(10, step=5)
log(up(), up(), "\n")
reset()
log(up(), "\n")


def memoize(function):
    known = {}

    def wrapper(*key):
        if key not in known:
            known[key] = function(*key)
        return known[key]

    return wrapper


@memoize
def fibonacci(n):
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


log(fibonacci(80), "\n")
compose = lambda *functions: (
    lambda x: x if not functions else functions[0](compose(*functions[1:])(x))
)
log(compose(lambda x: x + 1, lambda x: x * 10, str.strip and int)("7"), "\n")
total = 0


def add(amount):
    global total
    total += amount


for amount in range(5):
    add(amount)
log(total, [f(3) for f in [lambda x, n=n: x + n for n in range(3)]], "\n")
