"""Functions that Python 2 or Seattle had, in our language."""

HELPERS = {
    "reduce": """\
def reduce(function, values, *first):
    found = list(first) + list(values)
    result = found[0]
    for value in found[1:]:
        result = function(result, value)
    return result
""",
    "cmp": """\
def cmp(left, right):
    return (left > right) - (left < right)
""",
    "cmp_to_key": """\
def cmp_to_key(compare):
    class Key:
        def __init__(self, value):
            self.value = value

        def __lt__(self, other):
            return compare(self.value, other.value) < 0

    return Key
""",
    "dy_import_module": """\
names_at_start = _context.copy()
modules_loaded = {}


class Module:
    pass


def names_of_module(name):
    if name not in listfiles():
        name += ".r2py"
    if name not in modules_loaded:
        file = openfile(name, False)
        code = tobytes(file.readat(None, 0)).decode("utf-8")
        file.close()
        names = names_at_start.copy()
        names["_context"] = names
        names["callfunc"] = "import"
        createvirtualnamespace(code, name).evaluate(names)
        modules_loaded[name] = names
    return modules_loaded[name]


def dy_import_module(name):
    module = Module()
    for key, value in names_of_module(name).items():
        setattr(module, key, value)
    return module


def dy_import_module_symbols(name, wanted=None):
    for key, value in names_of_module(name).items():
        if key in wanted if wanted else key not in names_at_start:
            _context[key] = value
""",
}
"""Text of each by its name, in the order in which they are put in front of a program."""

NEEDS = {
    "reduce": ("reduce",),
    "cmp": ("cmp",),
    "dy_import_module": ("dy_import_module",),
    "dy_import_module_symbols": ("dy_import_module",),
}
"""Names of programs, and the helpers that give them."""
