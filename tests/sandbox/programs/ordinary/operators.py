# what: gives numbers and vectors of its own all operators
# class: ordinary
# prints: Vector(5, 7, 9) Vector(3, 3, 3) Vector(2, 4, 6) 32 3.742
# prints: True (2, 3) 3 False
# prints: 5269/3600 1.46361 True 2/3


class Vector:
    def __init__(self, *parts):
        self.parts = parts

    def __add__(self, other):
        return Vector(*[a + b for a, b in zip(self.parts, other.parts)])

    def __sub__(self, other):
        return self + -other

    def __neg__(self):
        return Vector(*[-a for a in self.parts])

    def __mul__(self, factor):
        return Vector(*[a * factor for a in self.parts])

    __rmul__ = __mul__

    def __matmul__(self, other):
        return sum(a * b for a, b in zip(self.parts, other.parts))

    def __abs__(self):
        return (self @ self) ** 0.5

    def __eq__(self, other):
        return self.parts == other.parts

    def __getitem__(self, place):
        return self.parts[place]

    def __len__(self):
        return len(self.parts)

    def __bool__(self):
        return any(self.parts)

    def __repr__(self):
        return "Vector" + repr(self.parts)


class Fraction:
    def __init__(self, top, bottom=1):
        a, b = top, bottom
        while b:
            a, b = b, a % b
        self.top, self.bottom = top // a, bottom // a

    def __add__(self, other):
        return Fraction(
            self.top * other.bottom + other.top * self.bottom, self.bottom * other.bottom
        )

    def __truediv__(self, other):
        return Fraction(self.top * other.bottom, self.bottom * other.top)

    def __lt__(self, other):
        return self.top * other.bottom < other.top * self.bottom

    def __float__(self):
        return self.top / self.bottom

    def __str__(self):
        return "%d/%d" % (self.top, self.bottom)


a, b = Vector(1, 2, 3), Vector(4, 5, 6)
log(a + b, b - a, 2 * a, a @ b, round(abs(a), 3), "\n")
log(a == Vector(1, 2, 3), a[1:], len(a), bool(Vector(0, 0)), "\n")
total = Fraction(0)
for n in range(1, 6):
    total += Fraction(1, n * n)
log(
    total,
    round(float(total), 5),
    Fraction(1, 2) < Fraction(2, 3),
    Fraction(1, 2) / Fraction(3, 4),
    "\n",
)
