# what: uses with, iterators and callables of its own classes
# class: ordinary
# prints: ['enter', 'enter', 'inside', 'exit calm', 'exit calm', 'enter', 'exit KeyError', 'enter', 'exit ValueError', 'caught']
# prints: [4, 3, 2, 1] [11, 12] True
# prints: 5 [4, 3, 2] 1


class Timer:
    def __init__(self, steps):
        self._steps = steps

    def __enter__(self):
        self._steps.append("enter")
        return self

    def __exit__(self, kind, error, trace):
        self._steps.append("exit " + (kind.__name__ if kind else "calm"))
        return kind is KeyError


class Countdown:
    def __init__(self, start):
        self._left = start

    def __iter__(self):
        return self

    def __next__(self):
        if self._left == 0:
            raise StopIteration
        self._left -= 1
        return self._left + 1


class Adder:
    def __init__(self, amount):
        self._amount = amount

    def __call__(self, value):
        return value + self._amount


steps = []
with Timer(steps) as first, Timer(steps):
    steps.append("inside")
with Timer(steps):
    raise KeyError("swallowed")
try:
    with Timer(steps):
        raise ValueError("goes on")
except ValueError:
    steps.append("caught")
log(steps, "\n")
log(list(Countdown(4)), list(map(Adder(10), [1, 2])), callable(Adder(1)), "\n")
first, *middle, last = Countdown(5)
log(first, middle, last, "\n")
