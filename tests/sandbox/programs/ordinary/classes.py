# what: derives classes, keeps state under names with one underscore, uses properties
# class: ordinary
# prints: [<RECTANGLE 7.00>, <SQUARE 16.00>, <SQUARE 16.00>] 3 m2
# prints: True False 2
# prints: True True True
# prints: not implemented for odd
# prints: 4 False
# prints: red Square


class Shape:
    _made = 0

    def __init__(self, name):
        self._name = name
        Shape._made += 1

    @property
    def name(self):
        return self._name.upper()

    def area(self):
        raise NotImplementedError(self._name)

    def __repr__(self):
        return "<%s %.2f>" % (self.name, self.area())

    @classmethod
    def count(cls):
        return cls._made

    @staticmethod
    def unit():
        return "m2"


class Rectangle(Shape):
    def __init__(self, width, height):
        super().__init__("rectangle")
        self._width, self._height = width, height

    def area(self):
        return self._width * self._height


class Square(Rectangle):
    def __init__(self, side):
        Rectangle.__init__(self, side, side)
        self._name = "square"

    def __eq__(self, other):
        return isinstance(other, Square) and self._width == other._width

    def __hash__(self):
        return hash(self._width)


shapes = [Rectangle(2, 3.5), Square(4), Square(4)]
log(shapes, Shape.count(), Shape.unit(), "\n")
log(shapes[1] == shapes[2], shapes[0] == shapes[1], len(set(shapes)), "\n")
log(
    isinstance(shapes[1], Shape), issubclass(Square, Rectangle), type(shapes[1]) is Square, "\n"
)
try:
    Shape("odd").area()
except NotImplementedError as problem:
    log("not implemented for", problem, "\n")
log(getattr(shapes[1], "_width"), hasattr(shapes[1], "color"), "\n")
setattr(shapes[1], "color", "red")
log(shapes[1].color, Square.__name__, "\n")
