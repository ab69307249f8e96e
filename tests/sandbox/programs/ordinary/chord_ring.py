# what: simulates a ring of nodes with finger tables and routes look-ups in it
# class: ordinary
# prints: wrong 0 most hops 3

BITS = 8
SIZE = 2**BITS


def between(x, low, high):
    return low < x <= high if low < high else x > low or x <= high


class Node:
    def __init__(self, number):
        self.number = number
        self.fingers = []

    def closest_before(self, key):
        for finger in reversed(self.fingers):
            if finger is not self and between(finger.number, self.number, (key - 1) % SIZE):
                return finger
        return self

    @property
    def successor(self):
        return self.fingers[0]


def build(numbers):
    nodes = [Node(n) for n in sorted(numbers)]

    def owner(key):
        for node in nodes:
            if node.number >= key:
                return node
        return nodes[0]

    for node in nodes:
        node.fingers = [owner((node.number + 2**i) % SIZE) for i in range(BITS)]
    return nodes, owner


def look_up(start, key):
    hops, node = 0, start
    while not between(key, node.number, node.successor.number):
        following = node.closest_before(key)
        if following is node:
            break
        node, hops = following, hops + 1
    return node.successor, hops


nodes, owner = build([1, 18, 40, 77, 99, 130, 160, 200, 231])
wrong, most = 0, 0
for start in nodes:
    for key in range(SIZE):
        found, hops = look_up(start, key)
        wrong += found is not owner(key)
        most = max(most, hops)
log("wrong", wrong, "most hops", most, "\n")
