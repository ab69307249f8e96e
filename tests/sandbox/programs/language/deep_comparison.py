# what: compares structures that are nested too deeply for the C stack
# class: language
# source: known crasher of CPython
# expect: crash | ends | error | stopped memory
# control: none: it may crash the interpreter


def nested(depth):
    made = ()
    for step in range(depth):
        made = (made, 1)
    return made


one, two = nested(100000), nested(100000)
try:
    log(one == two)
except RecursionError:
    pass
try:
    hash(one)
except RecursionError:
    pass
try:
    isinstance(1, one)
except Exception:
    pass
