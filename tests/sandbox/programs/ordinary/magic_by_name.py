# what: calls the magic methods of base classes by their names
# class: ordinary
# prints: 9 True 2 Counting
# prints: Point(1) Near(2)! True False
# prints: frozen 7
# prints: set a set b {'b': 2}
# prints: 1.0 12


class Counting(dict):
    def __init__(self, *pairs):
        super().__init__(*pairs)
        self.reads = 0

    def __setitem__(self, key, value):
        super().__setitem__(key.lower(), value * 2)

    def __getitem__(self, key):
        self.reads += 1
        return dict.__getitem__(self, key.lower()) + 1

    def __contains__(self, key):
        return super().__contains__(key.lower())


class Point:
    """A place on a line."""

    def __init__(self, x):
        self.x = x

    def __eq__(self, other):
        return self.__class__ is other.__class__ and self.x == other.x

    def __ne__(self, other):
        return not self.__eq__(other)

    def __repr__(self):
        return "%s(%d)" % (self.__class__.__name__, self.x)


class Near(Point):
    def __repr__(self):
        return super().__repr__() + "!"


class Frozen:
    def __init__(self, x):
        object.__setattr__(self, "x", x)

    def __setattr__(self, name, value):
        raise AttributeError("frozen")


class Telling:
    def __init__(self):
        object.__setattr__(self, "kept", {})

    def __setattr__(self, name, value):
        log("set", name, "")
        self.kept[name] = value
        super().__setattr__(name, value)

    def __delattr__(self, name):
        del self.kept[name]
        super().__delattr__(name)


__version__ = "1.0"
counts = Counting()
counts["A"] = 4
counts["a"]
log(counts["a"], "A" in counts, counts.reads, type(counts).__name__, "\n")
log(Point(1), Near(2), Point(3) == Point(3), Point(3) == Near(3), "\n")
frozen = Frozen(7)
try:
    frozen.x = 8
except AttributeError as error:
    log(error, frozen.x, "\n")
telling = Telling()
telling.a = 1
telling.b = 2
del telling.a
log(telling.kept, "\n")
log(__version__, (5).__add__(7), "\n")
