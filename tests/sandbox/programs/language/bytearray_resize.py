# what: resizes a bytearray inside callbacks of its own methods
# class: language
# source: cpython issue 142560
# expect: ends | error | crash | refused
# control: none: CPython defends itself

victim = bytearray(b"x" * 1000)


class Evil:
    def __iter__(self):
        victim.clear()
        return iter([1, 2, 3])

    def __len__(self):
        victim.extend(b"y" * 100000)
        return 3

    def __eq__(self, other):
        victim.clear()
        return True

    def __hash__(self):
        return 1


for act in [
    lambda: victim.extend(Evil()),
    lambda: victim.__setitem__(slice(0, 5), Evil()) if False else None,
    lambda: victim.join([victim, Evil()]),
    lambda: victim.count(Evil()),
    lambda: bytearray(Evil()),
    lambda: victim.startswith((Evil(), b"x")),
]:
    try:
        act()
    except Exception:
        pass
log("went on\n")
