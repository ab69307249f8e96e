"""Second step, on Python 3's own tree: what is spelled alike and means something else; pure.

One round rewrites what contains nothing that is to be rewritten; rounds follow until nothing
is. Names that Python 2 had are translated, or given by helpers (`HELPERS`).
"""

import ast
from collections.abc import Callable

from seattle_p2p.vessel.language import names_in
from seattle_p2p.vessel.migration.edits import Edit, Remark
from seattle_p2p.vessel.migration.kinds import Kinds

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
"""Functions that Python 2 or Seattle had, in our language."""

_NEEDS = {
    "reduce": ("reduce",),
    "cmp": ("cmp",),
    "dy_import_module": ("dy_import_module",),
    "dy_import_module_symbols": ("dy_import_module",),
}

_RENAMED = {
    "xrange": "range",
    "unichr": "chr",
    "long": "int",
    "basestring": "str",
    "unicode": "str",
    "StandardError": "Exception",
}

_METHODS_RENAMED = {
    "__nonzero__": "__bool__",
    "__div__": "__truediv__",
    "__rdiv__": "__rtruediv__",
    "__idiv__": "__itruediv__",
    "__unicode__": "__str__",
}

_VIEWS = {"iteritems": "items", "iterkeys": "keys", "itervalues": "values"}
_VIEWS |= {"viewitems": "items", "viewkeys": "keys", "viewvalues": "values"}
_GAVE_LISTS = frozenset(["map", "filter", "zip", "range"])
_DICT_LISTS = frozenset(["keys", "values", "items"])

_TAKES_ANY = frozenset(
    names_in(
        "list tuple set frozenset sorted sum min max any all dict enumerate zip map filter "
        "reduce iter"
    )
)
"""Functions to which an iterator is as good as a list."""

_CHANGES = frozenset(["pop", "popitem", "clear", "update", "setdefault", "remove", "append"])

_LOOK_NAMES = {
    "raw_input": "programs have no input",
    "input": "programs have no input",
    "file": "files are opened with openfile(name, create)",
    "open": "files are opened with openfile(name, create)",
    "execfile": "use createvirtualnamespace(code, name)",
    "eval": "not part of the language: use createvirtualnamespace",
    "globals": "use _context",
    "locals": "use _context",
    "buffer": "use bytes",
    "intern": "leave it out",
    "coerce": "leave it out",
    "apply": "write function(*arguments)",
    "dir": "not part of the language",
    "vars": "not part of the language",
    "recvmess": "Repy V1: listenformessage and getmessage",
    "sendmess": "Repy V1: sendmessage",
    "openconn": "Repy V1: openconnection",
    "waitforconn": "Repy V1: listenforconnection and getconnection",
    "stopcomm": "Repy V1: close the server",
    "settimer": "Repy V1: createthread and sleep",
    "canceltimer": "Repy V1: let the thread look at a flag",
    "getlock": "Repy V1: createlock",
    "randomfloat": "Repy V1: make it from randombytes()",
    "listdir": "Repy V1: listfiles",
    "removedir": "Repy V2 has no folders",
}

_LOOK_ATTRIBUTES = {
    "im_func": "there are no methods of functions",
    "im_self": "there are no methods of functions",
    "func_code": "not part of the language",
    "func_globals": "not part of the language",
    "encode": "gives bytes; 'hex', 'base64' and their like are no encodings any more",
    "decode": "only bytes have decode: tobytes(data).decode('utf-8')",
}

_LOOK_METHODS = {
    "__cmp__": "write __eq__ and __lt__ (and the others that are used)",
    "__getslice__": "__getitem__ gets a slice",
    "__setslice__": "__setitem__ gets a slice",
    "__delslice__": "__delitem__ gets a slice",
    "__coerce__": "leave it out",
    "__metaclass__": "classes have no metaclass here",
    "__getattribute__": "not part of the language; __getattr__ is",
}


class Expressions:
    """One round over one text.

    `edits` are what can be done; `done` says it in words, `open` what a person must look at
    and was not touched.

    Args:
        text: What Python 3 can read.
        helpers: Names of `HELPERS` that are needed; added to.

    Raises:
        SyntaxError: It cannot.
    """

    def __init__(self, text: str, helpers: set[str]) -> None:
        self.edits: list[Edit] = []
        self.done: list[Remark] = []
        self.open: list[Remark] = []
        self._text = text
        self._helpers = helpers
        self._tree = ast.parse(text)
        self._kinds = Kinds(self._tree)
        lines = text.split("\n")
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._lines = lines
        self._parents: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(self._tree):
            for child in ast.iter_child_nodes(node):
                self._parents[child] = node
        self._bound = _bound_in(self._tree)
        self._bound |= {n.arg for n in ast.walk(self._tree) if isinstance(n, ast.arg)}
        self._bound |= {n.name for n in ast.walk(self._tree) if isinstance(n, ast.FunctionDef)}
        self._caught = {n.name for n in self._parents if isinstance(n, ast.ExceptHandler)}
        looks: dict[type[ast.AST], Callable[..., None]] = {
            ast.Call: self._call,
            ast.BinOp: self._operation,
            ast.AugAssign: self._in_place,
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.FunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.ExceptHandler: self._handler,
            ast.ListComp: self._comprehension,
            ast.Import: self._import,
            ast.ImportFrom: self._import,
            ast.Expr: self._statement,
            ast.Assign: self._assignment,
            ast.Subscript: self._item,
        }
        for node in ast.walk(self._tree):
            look = looks.get(type(node))
            if look:
                look(node)

    # -- places -------------------------------------------------------------------------------

    def _at(self, line: int, column: int) -> int:
        """Place of a column, which counts bytes."""
        row = self._lines[line - 1]
        if not row.isascii():
            column = len(row.encode()[:column].decode("utf-8", "ignore"))
        return self._starts[line - 1] + column

    def _start(self, node: ast.AST) -> int:
        return self._at(node.lineno, node.col_offset)  # type: ignore[attr-defined]  # has places

    def _end(self, node: ast.AST) -> int:
        return self._at(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def _source(self, node: ast.AST) -> str:
        return self._text[self._start(node) : self._end(node)]

    def _replace(self, node: ast.AST, new: str, what: str, *, look: bool = False) -> None:
        self.edits.append(Edit(self._start(node), self._end(node), new))
        self._did(node, what, look=look)

    def _did(self, node: ast.AST, what: str, *, look: bool = False) -> None:
        self.done.append(Remark(node.lineno, look, what))  # type: ignore[attr-defined]

    def _ask(self, node: ast.AST, what: str) -> None:
        self.open.append(Remark(node.lineno, True, what))  # type: ignore[attr-defined]

    # -- calls --------------------------------------------------------------------------------

    def _call(self, node: ast.Call) -> None:
        match node.func:
            case ast.Attribute(thing, "has_key") if len(node.args) == 1:
                key, whole = self._operand(node.args[0]), self._operand(thing)
                self._replace(node, f"({key} in {whole})", "has_key is `in`")
            case ast.Attribute(_, attr) if attr in _VIEWS and not node.args:
                self._method(node.func, _VIEWS[attr], f"{attr} is {_VIEWS[attr]}")
            case ast.Attribute(thing, attr) if attr in _DICT_LISTS and not node.args:
                if not self._may_be_view(node, thing):
                    self._replace(node, self._as_list(node), f"{attr}() gave a list")
            case ast.Attribute(thing, "next") if not node.args and not node.keywords:
                self._replace(node, f"next({self._source(thing)})", "next is a function")
            case ast.Attribute(_, "sort") if node.args:
                self._compare_by(node, node.args[0])
            case ast.Name("sorted") if len(node.args) > 1:
                self._compare_by(node, node.args[1])
            case ast.Name("map") if _is_none(node.args[:1]) and len(node.args) == 2:
                self._replace(node, self._as_list(node.args[1]), "map(None, …) made a list")
            case ast.Name("map") if _is_none(node.args[:1]):
                self._ask(node, "map(None, …) filled up with None: write a loop")
            case ast.Name(name) if name in _GAVE_LISTS and name not in self._bound:
                if not self._may_be_iterator(node, name):
                    self._replace(node, self._as_list(node), f"{name}() gave a list")
                if name == "filter" and not self._is_list(node.args[-1:]):
                    self._ask(node, "filter of a text gave a text: ''.join(…) it")
            case ast.Name("round") if "round" not in self._bound:
                self._ask(node, "round gave a float, and 0.5 went away from 0")
            case ast.Name("hex") if isinstance(self._parents[node], ast.Subscript):
                self._ask(node, "hex of a long had an L at its end")
            case ast.Name("oct"):
                self._ask(node, "oct begins with 0o")
            case ast.Name("apply") if node.args and "apply" not in self._bound:
                self._apply(node)
        for keyword in node.keywords:
            if keyword.arg == "cmp" and isinstance(node.func, ast.Attribute | ast.Name):
                self._helpers.add("cmp_to_key")
                new = f"key=cmp_to_key({self._source(keyword.value)})"
                self._replace(keyword, new, "sorting by comparing is sorting by a key")

    def _as_list(self, node: ast.expr) -> str:
        """A list of what an expression gives; old programs like to call their own `list`."""
        text = self._source(node)
        return f"[*{text}]" if "list" in self._bound else f"list({text})"

    def _method(self, node: ast.Attribute, new: str, what: str) -> None:
        end = self._end(node)
        self.edits.append(Edit(end - len(node.attr), end, new))
        self._did(node, what)

    def _compare_by(self, node: ast.Call, compare: ast.expr) -> None:
        self._helpers.add("cmp_to_key")
        new = f"key=cmp_to_key({self._source(compare)})"
        self._replace(compare, new, "sorting by comparing is sorting by a key")

    def _apply(self, node: ast.Call) -> None:
        arguments = [self._source(a) for a in node.args[1:]]
        stars = [star + text for star, text in zip(("*", "**"), arguments, strict=False)]
        new = f"{self._operand(node.args[0])}({', '.join(stars)})"
        self._replace(node, new, "apply is a call with a star")

    def _operand(self, node: ast.expr) -> str:
        """Source of an operand, in brackets unless it is one thing anyway."""
        simple = ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.Constant
        simple |= ast.List | ast.Dict | ast.ListComp | ast.Set
        text = self._source(node)
        if isinstance(node, ast.Tuple) and text.startswith("("):
            return text
        return text if isinstance(node, simple) and "\n" not in text else f"({text})"

    def _may_be_iterator(self, node: ast.Call, name: str) -> bool:
        """True where nobody can tell an iterator (or a range) from a list."""
        parent = self._parents[node]
        match parent:
            case ast.For(iter=iterable) | ast.comprehension(iter=iterable):
                return iterable is node
            case ast.Starred():
                return isinstance(self._parents[parent], ast.List)
            case ast.Call(ast.Name(function), args) if node in args:
                return function in _TAKES_ANY or (name == "range" and function == "len")
            case ast.Call(ast.Attribute(attr="join" | "extend"), args):
                return node in args
            case ast.Compare(ops=[ast.In() | ast.NotIn()]):
                return name == "range" and parent.comparators[-1] is node
            case ast.Assign(targets=[ast.Tuple()]):
                return True
        return False

    def _may_be_view(self, node: ast.Call, thing: ast.expr) -> bool:
        parent = self._parents[node]
        if isinstance(parent, ast.For) and parent.iter is node:
            return not self._is_changed_in(parent, self._source(thing))
        match parent:
            case ast.Call(ast.Name("len"), args):
                return node in args
            case ast.Compare(ops=[ast.In() | ast.NotIn()]):
                return parent.comparators[-1] is node
        return self._may_be_iterator(node, "keys")

    def _is_changed_in(self, loop: ast.For, thing: str) -> bool:
        """Whether a dictionary may change while a loop goes over it: itself, or by a call."""
        for statement in loop.body:
            for node in ast.walk(statement):
                match node:
                    case ast.Subscript(value, ctx=ast.Store() | ast.Del()):
                        if self._source(value) == thing:
                            return True
                    case ast.Call(ast.Attribute(value, attr)) if attr in _CHANGES:
                        if self._source(value) == thing:
                            return True
                    case ast.Call(ast.Name(name)) if name in self._bound:
                        return True
                    case ast.Call(ast.Attribute(ast.Name("self"))):
                        return True
        return False

    def _is_list(self, values: list[ast.expr]) -> bool:
        return all(self._kinds.of(value) in ("ints", "floats", "others") for value in values)

    def _item(self, node: ast.Subscript) -> None:
        if isinstance(node.value, ast.Name) and node.value.id in self._caught - self._bound:
            end = self._end(node.value)
            self.edits.append(Edit(end, end, ".args"))
            self._did(node, "what an exception was raised with are its args")

    # -- numbers ------------------------------------------------------------------------------

    def _operation(self, node: ast.BinOp) -> None:
        if isinstance(node.op, ast.Div):
            self._divide(node, node.left, node.right, "/")

    def _in_place(self, node: ast.AugAssign) -> None:
        if isinstance(node.op, ast.Div):
            self._divide(node, node.target, node.value, "/=")

    def _divide(self, node: ast.AST, left: ast.expr, right: ast.expr, sign: str) -> None:
        kinds = (self._kinds.of(left), self._kinds.of(right))
        if kinds == ("int", "int"):
            at = self._sign_between(left, right, sign)
            self.edits.append(Edit(at, at + len(sign), "/" + sign))
            self._did(node, "whole numbers are divided with //")
        elif "float" not in kinds:
            self._ask(
                node,
                f"{sign} of whole numbers must be /{sign} here, of others it stays: "
                f"{self._source(node)[:60]}",
            )

    def _sign_between(self, left: ast.expr, right: ast.expr, sign: str) -> int:
        """Place of an operator, past brackets, line ends and comments."""
        at = self._end(left)
        while not self._text.startswith(sign, at):
            at = self._text.index("\n", at) if self._text[at] == "#" else at + 1
        return at

    # -- names --------------------------------------------------------------------------------

    def _name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load) or node.id in self._bound:
            return
        if node.id in _RENAMED:
            look = node.id == "unicode"
            more = ": text has to be encoded before it is sent" if look else ""
            self._replace(
                node, _RENAMED[node.id], f"{node.id} is {_RENAMED[node.id]}{more}", look=look
            )
        elif node.id in _NEEDS:
            self._helpers.update(_NEEDS[node.id])
        elif node.id in _LOOK_NAMES and not (
            node.id in ("apply", "locals") or isinstance(self._parents[node], ast.keyword)
        ):
            self._ask(node, f"{node.id}: {_LOOK_NAMES[node.id]}")

    def _attribute(self, node: ast.Attribute) -> None:
        if node.attr == "func_name":
            self._method(node, "__name__", "func_name is __name__")
        elif node.attr == "message":
            if isinstance(node.value, ast.Name) and node.value.id in self._caught:
                self._replace(node, f"str({node.value.id})", "exceptions have no message")
        elif node.attr in _LOOK_ATTRIBUTES and isinstance(node.ctx, ast.Load):
            self._ask(node, f".{node.attr}: {_LOOK_ATTRIBUTES[node.attr]}")

    def _function(self, node: ast.FunctionDef) -> None:
        if not isinstance(self._parents[node], ast.ClassDef):
            return
        new = _METHODS_RENAMED.get(node.name)
        if node.name == "next" and len(node.args.args) == 1:
            new = "__next__"
        if new:
            place = self._text.index(node.name, self._start_of_def(node))
            self.edits.append(Edit(place, place + len(node.name), new))
            look = "div" in new
            more = "; // asks for __floordiv__" if look else ""
            self._did(node, f"{node.name} is {new}{more}", look=look)
        elif node.name in _LOOK_METHODS:
            self._ask(node, f"{node.name}: {_LOOK_METHODS[node.name]}")

    def _start_of_def(self, node: ast.FunctionDef) -> int:
        return self._text.index("def", self._start(node)) + 3

    def _class(self, node: ast.ClassDef) -> None:
        methods = {m.name for m in node.body if isinstance(m, ast.FunctionDef)}
        if "__eq__" in methods and "__hash__" not in methods:
            self._ask(node, "with __eq__ and no __hash__ it is no key any more")

    def _handler(self, node: ast.ExceptHandler) -> None:
        if node.name is None:
            return
        scope: ast.AST = node
        while not isinstance(scope, ast.FunctionDef | ast.Module):
            scope = self._parents[scope]
        end = node.end_lineno or node.lineno
        for used in ast.walk(scope):
            if isinstance(used, ast.Name) and used.id == node.name and used.lineno > end:
                if isinstance(used.ctx, ast.Load) and not self._is_inside_handler_of(used):
                    self._ask(used, f"{node.name} is gone after its except block")
                return

    def _is_inside_handler_of(self, used: ast.Name) -> bool:
        around: ast.AST = used
        while around in self._parents:
            around = self._parents[around]
            if isinstance(around, ast.ExceptHandler) and around.name == used.id:
                return True
        return False

    def _comprehension(self, node: ast.ListComp) -> None:
        names = set[str]().union(*(_bound_in(g.target) for g in node.generators))
        scope: ast.AST = node
        while not isinstance(scope, ast.FunctionDef | ast.Module | ast.Lambda):
            scope = self._parents[scope]
        inside = set(ast.walk(node))
        others = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and n not in inside]
        stored = {n.id for n in others if isinstance(n.ctx, ast.Store)}
        for name in names - stored:
            later = [n for n in others if n.id == name and n.lineno >= node.lineno]
            if later and not any(self._is_own_of(n) for n in later):
                self._ask(later[0], f"{name} was left over by the list before")

    def _is_own_of(self, used: ast.Name) -> bool:
        """Whether a name belongs to a comprehension, lambda or function around it."""
        around: ast.AST = used
        while around in self._parents:
            around = self._parents[around]
            if isinstance(around, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
                if any(_binds(g.target, used.id) for g in around.generators):
                    return True
            elif isinstance(around, ast.FunctionDef | ast.Lambda):
                return any(a.arg == used.id for a in around.args.args)
        return False

    # -- statements ---------------------------------------------------------------------------

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        self._ask(
            node,
            f"{self._source(node)}: there are no modules; dy_import_module loads the vessel's "
            "own files",
        )

    def _statement(self, node: ast.Expr) -> None:
        text = self._source(node)
        if text.startswith("add_dy_support("):
            self._replace(node, "pass", f"{text}: not needed here")

    def _assignment(self, node: ast.Assign) -> None:
        match node:
            case ast.Assign([ast.Name("_context")], ast.Call(ast.Name("locals" | "globals"))):
                self._replace(node, "pass", f"{self._source(node)}: not needed here")
            case ast.Assign([ast.Name("__metaclass__")]):
                self._ask(node, _LOOK_METHODS["__metaclass__"])


def _bound_in(tree: ast.AST) -> set[str]:
    """Names that are given something there."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}


def _binds(target: ast.expr, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(target))


def _is_none(nodes: list[ast.expr]) -> bool:
    return bool(nodes) and isinstance(nodes[0], ast.Constant) and nodes[0].value is None
