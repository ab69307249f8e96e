"""What programs may and may not say; each refusal names its line."""

import ast
import builtins
from typing import Any

import pytest
from RestrictedPython.transformer import RestrictingNodeTransformer

from seattle_p2p.errors import ProgramRefused
from seattle_p2p.vessel.guards import guards, program_builtins
from seattle_p2p.vessel.handles import File
from seattle_p2p.vessel.language import Policy, compile_program, is_plain_attribute


def words(text: str) -> list[str]:
    """Names as people write them."""
    return text.split()


def run(text: str) -> dict[str, Any]:
    """A program's names after it has run."""
    names: dict[str, Any] = {"__builtins__": program_builtins() | guards(), "__name__": "t"}
    exec(compile_program(text, "program"), names)
    return names


def refusal(text: str) -> ProgramRefused:
    with pytest.raises(ProgramRefused) as refused:
        compile_program(text, "program")
    return refused.value


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "from os import path",
        "import os as _x",
        "async def f(): pass",
        "match x:\n  case 1: pass",
        "try: pass\nexcept* ValueError: pass",
        "().__class__",
        "x.__dict__",
        "x.__init__ = 3",
        "x.__globals__",
        "x._A__secret",
        "x.gi_frame",
        "x.f_back",
        "x.tb_frame",
        "x.mro",
        "x.format += y",
        "x.obj -= y",
        "__import__('os')",
        "__builtins__",
        "__x = 1",
        "def __index__(self): pass",
        "def f(__x): pass",
        "def f(*, __x=1): pass",
        "lambda __x: 1",
        "class A(metaclass=type): pass",
        "class A(x=1): pass",
        "class A(*[object]): pass",
        "class A:\n  def __getattribute__(self, n): pass",
        "class A:\n  __slots__ = ()",
        "class A:\n  __index__ = len",
        "[__x for __x in y]",
        "(__x := 1)",
        "for __x in y: pass",
        "with y as __x: pass",
        "del __x",
        "global __x",
        "try: pass\nexcept ValueError as __x: pass",
        "f(__x=1)",
        "exec('1')",
        "eval('1')",
        "compile('1', '', 'exec')",
        "f'{x.__class__}'",
        "x: int.__class__.__y = 1; x.__z",
        "print(f'{(lambda: x.__a)()}')",
    ],
)
def test_what_leads_inside_is_refused(line):
    assert refusal("a = 1\n" + line).line >= 2


def test_a_refusal_names_its_line_and_what_is_wrong():
    refused = refusal("x = 1\n\nif x:\n    import os\n")

    assert (refused.line, "import os" in refused.message) == (4, True)


def test_the_first_wrong_line_is_named():
    assert refusal("a = 1\nimport os\nx.__class__\n").line == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"x = '\xff'\n", "not UTF-8"),
        ("x = 1\0", "NUL"),
        ("x = (", "not valid Python"),
        ("return 5", "not valid Python"),
        ("(" * 5000, ""),
        ("-" * 50_000 + "1", ""),
        ("a" + ".b" * 100_000, "nested too deeply"),
        ("# coding: rot13\nvzcbeg bf\n", ""),
    ],
)
def test_what_is_no_program_is_refused_with_a_sentence(text, words):
    assert words in refusal(text).message


ORDINARY = """
class Point:
    kind: str = "point"
    def __init__(self, x, y=0):
        self._x, self.y = x, y
    def __add__(self, other: "Point") -> "Point":
        return Point(self._x + other._x, self.y + other.y)
    def __repr__(self):
        return "<{0._x}>" if False else "<%d %d>" % (self._x, self.y)
    @property
    def x(self): return self._x
    @staticmethod
    def zero(): return Point(0)
    @classmethod
    def one(cls): return cls(1, 1)

    __radd__ = __add__
    __str__ = __repr__

class Sub(Point):
    def __init__(self, *rest, **named):
        super().__init__(*rest, **named)
        Point.__init__(self, *rest, **named)
        self.y += 1

class Mine(dict):
    def __init__(self): dict.__init__(self, a=1)
    def __missing__(self, key): return key * 2

class Trouble(ValueError):
    def __init__(self, why): super().__init__(why); self.why = why

def counter():
    count = 0
    def more():
        nonlocal count
        count += 1
        return count
    return more

more = counter(); more()
total: int = 0
nothing: int
for i, (a, b) in enumerate([(1, 2), (3, 4)]):
    total += a * b + i
d = {"a": {"b": [1, 2, 3]}}
d["a"]["b"][0] += 5
first, *rest = d["a"]["b"]
squares = {n: n ** 2 for n in range(5) if n % 2}
def numbers():
    sent = yield 1
    yield from [2, sent]
g = numbers(); one = next(g); two = g.send("x"); three = next(g)
try:
    raise Trouble("bad")
except (Trouble, KeyError) as error:
    why = error.why
with_text = "{0:>5}|{name!r}|{1[k]}|{2:{3}}".format("a", {"k": 7}, 3.14159, ".2f", name="n")
formatted = f"{total:04d} {[x for x in 'ab']} {'x'!r:>5}"
walrus = [y for x in range(4) if (y := x * 2) > 2]
results = [repr(Sub(2, y=3) + Point.one()), Sub(1).x, Mine()["zz"], more(), total, rest, first,
    squares, one, two, three, why, with_text, formatted, walrus, isinstance(Sub(1), Point),
    type(3) is int, type(Point(1)) is Point, Point.__name__, getattr(Point(4), "x"),
    hasattr(Point(4), "z"), (lambda *a, k=1, **n: (a, k, n))(1, z=2),
    sorted([3, 1], key=lambda v: -v),
    "%s %d" % ("a", 1), b"ab"[0], max([1, 5], default=0), 5 // 2, 5 / 2, not 1, 1 if [] else 2]
"""


def test_ordinary_python_means_what_it_means_without_us():
    bare: dict[str, Any] = {"__name__": "t"}
    exec(compile(ORDINARY, "bare", "exec"), bare)

    assert repr(run(ORDINARY)["results"]) == repr(bare["results"])


@pytest.mark.parametrize(
    "text",
    [
        "'{0.__class__}'.format(1)",
        "'{a.__class__}'.format_map({'a': 1})",
        "str.format('{0.real}', 1)",
        "list(map(str.format, ['{0.real}'], [1]))",
        "getattr('{0.real}', 'format')(1)",
        "type('')('{0.real}').format(1)",
        "'{:{0.real}}'.format(1)",
        "class T(str):\n  def f(self): return super().format(1)\nT('{0.real}').f()",
        "class T(str):\n  def f(self): return super(T, T).format('{0.real}', 1)\nT('').f()",
        "class T(str):\n  def f(self): return getattr(super(), 'format')(1)\nT('{0.real}').f()",
        "class T(str):\n  def __str__(self): return 'x'\nT('{0.real}').format(1)",
    ],
)
def test_format_never_follows_an_attribute(text):
    with pytest.raises(AttributeError):
        run(text)


@pytest.mark.parametrize(
    "text",
    [
        "getattr(1, '__class__')",
        "getattr(1, 'gi_frame', None)",
        "hasattr(1, '__class__')",
        "class A: pass\nsetattr(A, '__index__', len)",
        "class A: pass\ndelattr(A, '__doc__')",
        "getattr(Exception, 'mro')",
        "try: (1).x\nexcept AttributeError as e: e.obj",
        "try: (1).x\nexcept AttributeError as e: getattr(e, 'obj')",
        "print.__init__" if False else "len.__init__",
    ],
)
def test_dynamic_names_keep_the_rule_of_static_ones(text):
    with pytest.raises(AttributeError):
        run(text)


@pytest.mark.parametrize(
    "text",
    [
        "class S(str):\n  pass\ngetattr(1, S('real'))",
        "getattr(1, b'real')",
        "type(int)",
        "type('A', (), {})",
        "class A(type(len)): pass",
        "class A(property): pass",
    ],
)
def test_what_could_change_between_check_and_use_is_a_type_error(text):
    with pytest.raises(TypeError):
        run(text)


@pytest.mark.parametrize(
    "name",
    [
        "BaseException",
        "SystemExit",
        "KeyboardInterrupt",
        "GeneratorExit",
        "memoryview",
        "vars",
        "dir",
        "globals",
        "locals",
        "input",
        "open",
        "breakpoint",
        "exit",
        "quit",
        "help",
        "license",
        "BaseExceptionGroup",
        "ExceptionGroup",
    ],
)
def test_what_is_not_offered_is_not_there(name):
    with pytest.raises(NameError):
        run(name)


PRIVATE = """
class Point:
    __origin = 0
    def __init__(self, x): self.__x = x; self.__x += 1
    def __helper(self): return self.__x, self.__origin
    def show(self): return self.__helper()
    def drop(self): del self.__x
    def local(self):
        __y = [__z for __z in "ab"]
        return __y
class _Point:
    def peep(self, other): return other.__x
class Other:
    def peep(self, other): return other.__x
    def call(self, other): return getattr(other, "_Point__x", None)
results = [Point(1).show(), Point(1).local(), _Point().peep(Point(4)), Point.show(Point(5))]
try:
    Other().peep(Point(1))
except AttributeError:
    results.append("hidden")
"""


def test_private_names_mean_what_they_mean_without_us():
    bare: dict[str, Any] = {"__name__": "t"}
    exec(compile(PRIVATE, "bare", "exec"), bare)

    assert run(PRIVATE)["results"] == bare["results"] == [*bare["results"][:-1], "hidden"]


class Host:
    """Something of ours, with a private name."""

    def __init__(self) -> None:
        self.__secret = 42


@pytest.mark.parametrize("name", ["Host", "_Host"])
def test_no_class_reaches_the_private_names_of_ours(name):
    text = f"class {name}:\n  def take(self, it): return it.__secret\ntaker = {name}()\n"
    taker = run(text)["taker"]

    with pytest.raises(AttributeError):
        taker.take(Host())


@pytest.mark.parametrize(
    "text",
    [
        "class _:\n  def f(self): return self.__x",
        "class A: pass\nA().__x",
        "class A:\n  def f(self, __x): pass",
        "class A:\n  def f(self): return g(__x=1)",
        "class A(b.__x): pass",
        "@a.__x\nclass A: pass",
        "class A:\n  x = y.__class__",
        "class A:\n  x = y._B__z",
        "class A:\n  __builtins__ = 1",
        "class A: pass\ndef f(x): return x.__y",
    ],
)
def test_two_underscores_stay_refused_elsewhere(text):
    assert refusal(text).line >= 1


def test_handlers_remember_only_in_programs_that_ask_for_their_errors():
    text = "try: pass\nexcept ValueError: x = 1\n"

    assert "$caught" not in compile_program(text, "p").co_names
    assert "$caught" in compile_program(text + "getlasterror()", "p").co_names


def test_no_builtin_offered_is_a_module_or_leads_to_one():
    for name, value in program_builtins().items():
        if name != "__build_class__":
            assert not name.startswith("_")
            assert type(value).__name__ != "module"


KNOWN_NODES = [
    "Add",
    "And",
    "Assert",
    "Assign",
    "Attribute",
    "AugAssign",
    "BinOp",
    "BitAnd",
    "BitOr",
    "BitXor",
    "BoolOp",
    "Break",
    "Call",
    "ClassDef",
    "Compare",
    "Constant",
    "Continue",
    "Del",
    "Delete",
    "Dict",
    "DictComp",
    "Div",
    "Eq",
    "ExceptHandler",
    "Expr",
    "Expression",
    "FloorDiv",
    "For",
    "FormattedValue",
    "FunctionDef",
    "GeneratorExp",
    "Global",
    "Gt",
    "GtE",
    "If",
    "IfExp",
    "In",
    "Interactive",
    "Interpolation",
    "Invert",
    "Is",
    "IsNot",
    "JoinedStr",
    "LShift",
    "Lambda",
    "List",
    "ListComp",
    "Load",
    "Lt",
    "LtE",
    "MatMult",
    "Mod",
    "Module",
    "Mult",
    "Name",
    "NamedExpr",
    "Nonlocal",
    "Not",
    "NotEq",
    "NotIn",
    "Or",
    "Pass",
    "Pow",
    "RShift",
    "Raise",
    "Return",
    "Set",
    "SetComp",
    "Slice",
    "Starred",
    "Store",
    "Sub",
    "Subscript",
    "TemplateStr",
    "Try",
    "Tuple",
    "UAdd",
    "USub",
    "UnaryOp",
    "While",
    "With",
    "Yield",
    "YieldFrom",
    "alias",
    "arg",
    "arguments",
    "comprehension",
    "keyword",
    "withitem",
    "AnnAssign",
]
REFUSED_NODES = [
    "Import",
    "ImportFrom",
    "AsyncFor",
    "AsyncFunctionDef",
    "AsyncWith",
    "Await",
    "TryStar",
]


def test_a_release_that_widens_the_language_is_noticed():
    visited = {name[6:] for name in dir(Policy) if name.startswith("visit_")}

    assert visited == {*KNOWN_NODES, *REFUSED_NODES}


def test_every_node_of_this_python_is_known_or_refused():
    known = {*KNOWN_NODES, *REFUSED_NODES}
    for name in dir(ast):
        node = getattr(ast, name)
        if isinstance(node, type) and issubclass(node, ast.AST) and name not in known:
            visitor = Policy()
            visitor.visit(ast.AST.__new__(node))
            assert visitor.found, name


OPEN_ATTRIBUTES = {
    "generator": "close send throw",
    "function": "",
    "method": "",
    "builtin": "",
    "property": "deleter fdel fget fset getter setter",
    "super": "",
    "slice": "indices start step stop",
    "range": "count index start step stop",
    "staticmethod": "",
    "exception": "args",
    "KeyError": "args",
    "StopIteration": "args value",
    "ImportError": "args msg name name_from path",
    "OSError": "args characters_written errno filename filename2 strerror",
    "SyntaxError": "args end_lineno end_offset filename lineno msg offset print_file_and_line "
    "text",
    "UnicodeError": "args",
    "NameError": "args name",
    "AttributeError": "args name obj",
    "map": "",
    "file": "close readat writeat",
}
"""What programs may ask of things that know more than data: nothing that leads inside.

A new Python that adds a name here has to be looked at first."""


def things() -> dict[str, object]:
    def generator():
        yield 1

    return {
        "generator": generator(),
        "function": generator,
        "method": Policy().error,
        "builtin": len,
        "property": property(),
        "super": super(Host, Host()),
        "slice": slice(1),
        "range": range(1),
        "staticmethod": staticmethod(len),
        "exception": Exception(),
        "KeyError": KeyError(),
        "StopIteration": StopIteration(),
        "ImportError": ImportError(),
        "OSError": OSError(),
        "SyntaxError": SyntaxError(),
        "UnicodeError": UnicodeError(),
        "NameError": NameError(),
        "AttributeError": AttributeError(),
        "map": map(len, []),
        "file": File(None, 1),
    }


@pytest.mark.parametrize("name", OPEN_ATTRIBUTES)
def test_a_python_that_gives_things_new_names_is_noticed(name):
    names = {n for n in dir(things()[name]) if is_plain_attribute(n) and not n.startswith("_")}

    assert names <= set(words(OPEN_ATTRIBUTES[name]))


def test_no_guard_of_the_package_is_left_in_a_program():
    text = "x.a = y[1]\ny[2] = x.b\nfor a, b in c: f(*a, **b)\nx += 1\n(a, b), c = d\n"
    names = set(compile_program(text, "p").co_names)

    assert not {name for name in names if name.startswith("_")}
    assert issubclass(Policy, RestrictingNodeTransformer)


def test_guards_have_names_that_no_program_can_write():
    assert not any(name.isidentifier() for name in guards())
    assert not any(hasattr(builtins, name) for name in guards())
