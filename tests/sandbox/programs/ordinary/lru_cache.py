# what: keeps the items used last and counts hits
# class: ordinary
# prints: ['d', 'e', 'a'] 4 5 False 3


class Cache:
    def __init__(self, room):
        self._room = room
        self._items = {}
        self.hits = self.misses = 0

    def get(self, key, make):
        if key in self._items:
            self.hits += 1
            value = self._items.pop(key)
        else:
            self.misses += 1
            value = make(key)
            if len(self._items) >= self._room:
                del self._items[next(iter(self._items))]
        self._items[key] = value
        return value

    def __contains__(self, key):
        return key in self._items

    def __iter__(self):
        return iter(self._items)

    def __len__(self):
        return len(self._items)


cache = Cache(3)
for key in "abcabdaea":
    cache.get(key, lambda k: ord(k))
log(list(cache), cache.hits, cache.misses, "b" in cache, len(cache), "\n")
