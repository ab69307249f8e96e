# what: computes in reverse Polish notation from a table of functions
# class: ordinary
# prints: 3 4 + 2 * -> [14]
# prints: 5 1 2 + 4 * + 3 - -> [14]
# prints: 7 2 / -> [3]
# prints: 1 9 4 max max -> [9]
# prints: + -> too few numbers for +
# prints: 1 0 / -> ZeroDivisionError
# prints: x -> ValueError


class StackEmpty(Exception):
    """Too few numbers."""


OPERATORS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a // b,
    "max": max,
}


def compute(text):
    stack = []
    for word in text.split():
        if word in OPERATORS:
            if len(stack) < 2:
                raise StackEmpty(word)
            b, a = stack.pop(), stack.pop()
            stack.append(OPERATORS[word](a, b))
        else:
            stack.append(int(word))
    return stack


for text in ("3 4 + 2 *", "5 1 2 + 4 * + 3 -", "7 2 /", "1 9 4 max max", "+", "1 0 /", "x"):
    try:
        log(text, "->", compute(text), "\n")
    except StackEmpty as problem:
        log(text, "-> too few numbers for", problem, "\n")
    except (ZeroDivisionError, ValueError) as problem:
        log(text, "->", type(problem).__name__, "\n")
