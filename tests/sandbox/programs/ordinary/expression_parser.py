# what: parses and computes arithmetic by recursive descent
# class: ordinary
# prints: 1 + 2 * 3 = 7.0
# prints: (1+2)*3 - -4 = 13.0
# prints: 2*(3+(4-1))/3 = 4.0
# prints: 1 + fails: no number at 2
# prints: (1 fails: missing )
# prints: 7 8 = 78.0


class ParseError(Exception):
    pass


class Parser:
    def __init__(self, text):
        self._text = text.replace(" ", "")
        self._place = 0

    def parse(self):
        value = self._sum()
        if self._place != len(self._text):
            raise ParseError("left over at %d" % self._place)
        return value

    def _peek(self):
        return self._text[self._place] if self._place < len(self._text) else ""

    def _take(self):
        taken = self._peek()
        self._place += 1
        return taken

    def _sum(self):
        value = self._product()
        while self._peek() in ("+", "-") and self._peek():
            value = value + self._product() if self._take() == "+" else value - self._product()
        return value

    def _product(self):
        value = self._atom()
        while self._peek() in ("*", "/") and self._peek():
            value = value * self._atom() if self._take() == "*" else value / self._atom()
        return value

    def _atom(self):
        if self._peek() == "-":
            self._take()
            return -self._atom()
        if self._peek() == "(":
            self._take()
            value = self._sum()
            if self._take() != ")":
                raise ParseError("missing )")
            return value
        begun = self._place
        while self._peek().isdigit() or self._peek() == ".":
            self._take()
        if begun == self._place:
            raise ParseError("no number at %d" % begun)
        return float(self._text[begun : self._place])


for text in ("1 + 2 * 3", "(1+2)*3 - -4", "2*(3+(4-1))/3", "1 +", "(1", "7 8"):
    try:
        log(text, "=", Parser(text).parse(), "\n")
    except ParseError as problem:
        log(text, "fails:", problem, "\n")
