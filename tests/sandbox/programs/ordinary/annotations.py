# what: carries annotations, which mean nothing here
# class: ordinary
# prints: 3 5 6.0 10.0 1

Number = float
total: int = 0
later: "Undefined[Thing]"


class Point:
    x: int
    y: int = 5

    def __init__(self, x: int, y: "int | None" = None) -> None:
        self.x: int = x
        if y is not None:
            self.y = y

    def scaled(self, by: Number = 2.0, *rest: str, **named: "dict[str, Missing]") -> "Point":
        return Point(self.x * by, self.y * by)


point: Point = Point(3)
moved = point.scaled()
total += 1
log(point.x, point.y, moved.x, moved.y, total, "\n")
