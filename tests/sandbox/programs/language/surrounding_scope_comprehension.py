# what: looks for inlined comprehensions' names and cells where a class body and a lambda cross
# class: language
# source: PEP 709, Python 3.12; cpython 104374
# expect: ends | error | refused
# control: none: it shows a mistake of the interpreter, if there is one


class C:
    log_ = log
    values = [[(lambda: (x, y))() for y in range(2)] for x in range(2)]
    again = {k: [v for v in (k, k)] for k in "ab"}
    if any([getattr_ is None for getattr_ in (1, 2)]):
        log("ESCAPED:")


def outer():
    x = "mine"
    [x for x in range(3)]
    del_ = [(x, [x for x in (9,)]) for x in (1, 2)]
    return x, del_


if outer()[0] != "mine" or C.values != [[(0, 0), (0, 1)], [(1, 0), (1, 1)]]:
    log("ESCAPED:scopes are mixed up")
