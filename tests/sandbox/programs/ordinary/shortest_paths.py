# what: finds shortest paths with a priority queue of its own
# class: ordinary
# prints: [('a', 0), ('b', 7), ('c', 9), ('d', 20), ('e', 20), ('f', 11)]


class Heap:
    def __init__(self):
        self._items = []

    def __bool__(self):
        return bool(self._items)

    def push(self, item):
        items = self._items
        items.append(item)
        place = len(items) - 1
        while place and items[(place - 1) // 2] > items[place]:
            parent = (place - 1) // 2
            items[parent], items[place] = items[place], items[parent]
            place = parent

    def pop(self):
        items = self._items
        items[0], items[-1] = items[-1], items[0]
        least = items.pop()
        place = 0
        while True:
            below = [p for p in (2 * place + 1, 2 * place + 2) if p < len(items)]
            if not below:
                return least
            smaller = min(below, key=lambda p: items[p])
            if items[place] <= items[smaller]:
                return least
            items[place], items[smaller] = items[smaller], items[place]
            place = smaller


links = {
    "a": {"b": 7, "c": 9, "f": 14},
    "b": {"c": 10, "d": 15},
    "c": {"d": 11, "f": 2},
    "d": {"e": 6},
    "f": {"e": 9},
}


def distances(start):
    known, queue = {}, Heap()
    queue.push((0, start))
    while queue:
        cost, place = queue.pop()
        if place in known:
            continue
        known[place] = cost
        for neighbour, weight in links.get(place, {}).items():
            queue.push((cost + weight, neighbour))
    return known


log(sorted(distances("a").items()), "\n")
