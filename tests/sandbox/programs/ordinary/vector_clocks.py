# what: orders events of three processes by vector clocks
# class: ordinary
# prints: {'a': (1, 0, 0), 'b': (2, 0, 0), 'c': (0, 1, 0), 'd': (2, 2, 0), 'f': (2, 3, 0), 'e': (2, 3, 1), 'g': (2, 3, 2)}
# prints: ('a', 'g') True False
# prints: ('a', 'c') False False
# prints: ('c', 'e') True False
# prints: ('g', 'b') False True


class Process:
    def __init__(self, number, count):
        self.number = number
        self.clock = [0] * count
        self.events = []

    def _tick(self, name):
        self.clock[self.number] += 1
        self.events.append((name, tuple(self.clock)))

    def work(self, name):
        self._tick(name)

    def send(self, name):
        self._tick(name)
        return tuple(self.clock)

    def receive(self, name, stamp):
        self.clock = [max(pair) for pair in zip(self.clock, stamp)]
        self._tick(name)


def before(a, b):
    return a != b and all(x <= y for x, y in zip(a, b))


p, q, r = [Process(n, 3) for n in range(3)]
p.work("a")
stamp = p.send("b")
q.work("c")
q.receive("d", stamp)
r.receive("e", q.send("f"))
r.work("g")
events = dict(p.events + q.events + r.events)
log(events, "\n")
for pair in (("a", "g"), ("a", "c"), ("c", "e"), ("g", "b")):
    log(
        pair,
        before(events[pair[0]], events[pair[1]]),
        before(events[pair[1]], events[pair[0]]),
        "\n",
    )
