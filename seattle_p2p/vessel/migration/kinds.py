"""What kind of number stands somewhere in a program: enough to tell `/` from `//`; pure.

A kind is what is surely known: ``int``, ``float``, ``ints`` and ``floats`` (lists of them),
``other`` for what is no number and ``others`` for every other list; None when it cannot be
told. A name's kind is what all its assignments agree on; a parameter's what all calls of the
function in the text agree on.
All are found together, by going round until nothing changes: what is not known yet agrees with
everything, and what has disagreed once stays unknown.
"""

import ast
from collections import defaultdict
from typing import Any

Kind = str | None

_GIVES_INT = frozenset(["len", "ord", "int", "hash", "id", "cmp", "long"])
_GIVES_FLOAT = frozenset(["float", "getruntime"])
_GIVES_SAME = frozenset(
    ["abs", "min", "max", "sum", "sorted", "reversed", "list", "tuple", "set"]
)
_SEQUENCE = {"int": "ints", "float": "floats", "other": "others"}
_ELEMENT = {"ints": "int", "floats": "float", "others": "other"}
_WHOLE = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift)
_UNSEEN = "unseen"
"""Not known yet: agrees with everything."""

Function = ast.FunctionDef | ast.Lambda
Scope = ast.Module | Function | ast.ClassDef
Source = Any
"""What a name may be: an expression, a `_BinaryLike` and its kin, or a kind that is known."""


class Kinds:
    """Answers for every expression of one tree.

    Args:
        tree: A whole program, as Python 3 reads it.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._scope_of: dict[ast.AST, Scope] = {}
        self._values: dict[tuple[Scope, str], list[Source]] = defaultdict(list)
        self._attributes: dict[str, list[Source]] = defaultdict(list)
        self._items: dict[str, list[ast.expr]] = defaultdict(list)
        self._functions: dict[str, list[ast.FunctionDef]] = defaultdict(list)
        self._calls: dict[str, list[ast.Call]] = defaultdict(list)
        self._named_otherwise: set[str] = set()
        self._global: set[tuple[Scope, str]] = set()
        self._known: dict[object, Kind] = {}
        self._tree = tree
        self._walk(tree, tree)
        self._collect()
        self._settle()

    def of(self, node: ast.AST) -> Kind:
        """The kind of an expression."""
        found = self._of(node)
        return None if found == _UNSEEN else found

    def _settle(self) -> None:
        sources: dict[object, list[Source]] = {}
        for home, name in self._names():
            sources[home, name] = self._sources(home, name)
        for name, values in self._attributes.items():
            sources[name, "attribute"] = list(values)
        for name in self._functions:
            sources[name, "result"] = self._results(name)
        self._known = dict.fromkeys(sources, _UNSEEN)
        changed = True
        while changed:
            changed = False
            for key, found in sources.items():
                kind, before = self._agreed(found), self._known[key]
                if kind in (before, _UNSEEN) or before is None:
                    continue
                self._known[key] = kind if before == _UNSEEN else None
                changed = True

    # -- what the text says -------------------------------------------------------------------

    def _walk(self, node: ast.AST, scope: Scope) -> None:
        stack: list[tuple[ast.AST, Scope]] = [(node, scope)]
        while stack:
            node, scope = stack.pop()
            self._scope_of[node] = scope
            inner = (
                node if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef) else scope
            )
            stack += [(child, inner) for child in ast.iter_child_nodes(node)]

    def _collect(self) -> None:
        called = {node.func for node in self._scope_of if isinstance(node, ast.Call)}
        for node, scope in self._scope_of.items():
            match node:
                case ast.Global(names):
                    self._global |= {(scope, name) for name in names}
                case ast.FunctionDef(name):
                    self._functions[name].append(node)
                case ast.Call(ast.Name(name)) | ast.Call(ast.Attribute(attr=name)):
                    self._calls[name].append(node)
                case ast.Name(name, ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()):
                    if node not in called:
                        self._named_otherwise.add(name)
        for node, scope in self._scope_of.items():
            self._collect_values(node, scope)

    def _collect_values(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.Assign(targets, value):
                for target in targets:
                    self._assign(target, value, scope)
            case ast.AugAssign(target, op, value):
                self._assign(target, _BinaryLike(target, op, value), scope)
            case ast.AnnAssign(target, _, value) if value is not None:
                self._assign(target, value, scope)
            case ast.NamedExpr(target, value):
                self._assign(target, value, scope)
            case ast.For(target, iterable) | ast.comprehension(target, iterable):
                self._assign_items(target, iterable, scope)
            case ast.ExceptHandler(name=str(name)):
                self._values[scope, name].append("other")
            case ast.With(items):
                for item in items:
                    if item.optional_vars is not None:
                        self._assign(item.optional_vars, None, scope)
            case ast.Call(ast.Attribute(ast.Name(name), "append" | "insert"), args) if args:
                self._items[name].append(args[-1])

    def _assign(self, target: ast.expr, value: Source, scope: Scope) -> None:
        match target:
            case ast.Name(name):
                self._values[self._home(name, scope), name].append(value)
            case ast.Attribute(attr=name):
                self._attributes[name].append(value)
            case ast.Subscript(ast.Name(name)) if isinstance(value, ast.expr):
                self._items[name].append(value)
            case ast.Tuple(elements) | ast.List(elements):
                sources: list[Source] = [None] * len(elements)
                if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(elements):
                    sources = list(value.elts)
                for element, source in zip(elements, sources, strict=True):
                    self._assign(element, source, scope)
            case ast.Starred(inner):
                self._assign(inner, None, scope)

    def _assign_items(self, target: ast.expr, iterable: ast.expr, scope: Scope) -> None:
        match iterable, target:
            case ast.Call(ast.Name("enumerate"), [inner, *_]), ast.Tuple([first, second]):
                self._assign(first, "int", scope)
                self._assign(second, _ElementOf(inner), scope)
            case _:
                self._assign(target, _ElementOf(iterable), scope)

    def _home(self, name: str, scope: Scope) -> Scope:
        return self._tree if (scope, name) in self._global else scope

    # -- what follows from it -----------------------------------------------------------------

    def _of(self, node: Source) -> Kind:
        try:
            return node if node is None or isinstance(node, str) else self._find(node)
        except RecursionError:
            return None

    def _find(self, node: object) -> Kind:
        match node:
            case _ElementOf(iterable):
                return _among(_ELEMENT, self._of(iterable))
            case _SequenceOf(element):
                return _among(_SEQUENCE, self._of(element))
            case ast.Constant(value):
                return {int: "int", bool: "int", float: "float"}.get(type(value), "other")
            case ast.BinOp(left, op, right) | _BinaryLike(left, op, right):
                return self._of_operation(left, op, right)
            case ast.UnaryOp(ast.Not()) | ast.Compare():
                return "int"
            case ast.UnaryOp(_, operand):
                return self._of(operand)
            case ast.BoolOp(_, values):
                return self._agreed(list(values))
            case ast.IfExp(_, body, other):
                return self._agreed([body, other])
            case ast.List([]) | ast.Tuple([]):
                return _UNSEEN
            case ast.List(elements) | ast.Tuple(elements) | ast.Set(elements):
                return _among(_SEQUENCE, self._agreed(list(elements)))
            case ast.ListComp(element) | ast.GeneratorExp(element) | ast.SetComp(element):
                return _among(_SEQUENCE, self._of(element))
            case ast.Subscript(value, ast.Slice()):
                return self._of(value)
            case ast.Subscript(value):
                return _among(_ELEMENT, self._of(value))
            case ast.Name(name):
                return self._of_name(name, self._scope_of.get(node, self._tree))
            case ast.Attribute(attr=name):
                return self._known.get((name, "attribute"))
            case ast.Call(function, args):
                return self._of_call(function, args)
            case ast.JoinedStr() | ast.Dict() | ast.Lambda() | ast.DictComp():
                return "other"
        return None

    def _of_operation(self, left: ast.expr, op: ast.operator, right: ast.expr) -> Kind:
        kinds = {self._of(left), self._of(right)} - {_UNSEEN}
        if isinstance(op, ast.FloorDiv) and "float" in kinds and None not in kinds:
            return "float"
        if isinstance(op, _WHOLE):
            return "int" if kinds <= {"int"} else None
        if isinstance(op, ast.Mult) and kinds & {"ints", "floats"} and "int" in kinds:
            return next(iter(kinds & {"ints", "floats"}))
        if not kinds:
            return _UNSEEN
        if kinds == {"int"}:
            # A negative exponent would give a float; nobody writes one that cannot be seen.
            negative = isinstance(op, ast.Pow) and isinstance(right, ast.UnaryOp)
            return None if negative else "int"
        if kinds <= {"int", "float"}:
            return "float"
        if kinds in ({"ints"}, {"floats"}) and isinstance(op, ast.Add):
            return kinds.pop()
        # One float makes a float of whatever can be divided by it.
        return "float" if "float" in kinds and isinstance(op, ast.Div) else None

    def _of_name(self, name: str, scope: Scope) -> Kind:
        while True:
            home = self._home(name, scope)
            if (home, name) in self._known:
                return self._known[home, name]
            if isinstance(home, ast.Module):
                return None
            scope = self._scope_of[home]
            while isinstance(scope, ast.ClassDef):
                scope = self._scope_of[scope]

    def _names(self) -> set[tuple[Scope, str]]:
        """Every name that something is given to, with the place where it lives."""
        parameters = {
            (node, argument.arg)
            for node in self._scope_of
            if isinstance(node, ast.FunctionDef | ast.Lambda)
            for argument in _all_parameters(node.args)
        }
        return parameters | set(self._values)

    def _sources(self, home: Scope, name: str) -> list[Source]:
        sources = list(self._values.get((home, name), []))
        parameter = _parameter(home, name)
        if parameter is not None:
            sources += self._given(home, *parameter)
        makes_list = (ast.List, ast.ListComp, ast.BinOp, ast.Call)
        if any(isinstance(source, makes_list) for source in sources):
            sources += [_SequenceOf(value) for value in self._items.get(name, [])]
        return sources

    def _given(self, home: Scope, place: int, default: ast.expr | None) -> list[Source]:
        """What calls in this text give for a parameter; [None] when they cannot all be seen."""
        if place < 0 or not isinstance(home, ast.FunctionDef):
            return [None]
        name = home.name
        calls = self._calls.get(name, [])
        if len(self._functions[name]) != 1 or name in self._named_otherwise or not calls:
            return [None]
        is_method = isinstance(self._scope_of[home], ast.ClassDef)
        at = place - is_method
        given: list[Source] = [] if default is None else [default]
        parameter = home.args.args[place].arg
        for call in calls:
            named = [k.value for k in call.keywords if k.arg == parameter]
            spread = any(isinstance(a, ast.Starred) for a in call.args)
            if at < 0 or spread or any(k.arg is None for k in call.keywords):
                return [None]
            if named or at < len(call.args):
                given.append(named[0] if named else call.args[at])
            elif default is None:
                return [None]
        return given

    def _of_call(self, function: ast.expr, args: list[ast.expr]) -> Kind:
        match function:
            case ast.Name(name) | ast.Attribute(attr=name) if name in self._functions:
                return self._known.get((name, "result"))
            case ast.Name("range" | "xrange"):
                return "ints"
            case ast.Name("sum" | "min" | "max") if len(args) == 1 or (
                isinstance(function, ast.Name) and function.id == "sum"
            ):
                return _among(_ELEMENT, self._of(args[0]))
            case ast.Name("pow") if len(args) > 1:
                return self._agreed(list(args))
            case ast.Name(name) if name in _GIVES_INT:
                return "int"
            case ast.Name(name) if name in _GIVES_FLOAT:
                return "float"
            case ast.Name("round"):
                return "float"
            case ast.Name(name) if name in _GIVES_SAME and args:
                return self._agreed(list(args))
            case ast.Attribute(attr="find" | "rfind" | "index" | "count"):
                return "int"
            case ast.Attribute(attr="split" | "splitlines" | "keys" | "values" | "items"):
                return "others"
            case ast.Attribute(attr="join" | "strip" | "replace" | "lower"):
                return "other"
            case ast.Name("map" | "filter" | "zip"):
                return "others"
        return None

    def _results(self, name: str) -> list[Source]:
        if len(self._functions[name]) != 1:
            return [None]
        function = self._functions[name][0]
        returns = [
            node
            for node, scope in self._scope_of.items()
            if isinstance(node, ast.Return) and scope is function
        ]
        return [node.value for node in returns] or [None]

    def _agreed(self, sources: list[Source]) -> Kind:
        kinds = {self._of(source) for source in sources}
        seen = kinds - {_UNSEEN}
        if not seen:
            return _UNSEEN if kinds else None
        return seen.pop() if len(seen) == 1 else None


def _among(names: dict[str, str], kind: Kind) -> Kind:
    return kind if kind == _UNSEEN else names.get(kind or "")


def _all_parameters(arguments: ast.arguments) -> list[ast.arg]:
    others = [arguments.vararg, arguments.kwarg]
    plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return plain + [other for other in others if other is not None]


class _SequenceOf:
    """A list with one element of an expression's kind."""

    __match_args__ = ("element",)

    def __init__(self, element: ast.expr) -> None:
        self.element = element


class _ElementOf:
    """One element of what an expression gives."""

    __match_args__ = ("iterable",)

    def __init__(self, iterable: ast.expr) -> None:
        self.iterable = iterable


class _BinaryLike:
    """`a op= b` as what `a` becomes."""

    __match_args__ = ("left", "op", "right")

    def __init__(self, left: ast.expr, op: ast.operator, right: ast.expr) -> None:
        self.left, self.op, self.right = left, op, right


def _parameter(home: Scope, name: str) -> tuple[int, ast.expr | None] | None:
    """Place and default of a parameter; place -1 for one that has none."""
    if not isinstance(home, ast.FunctionDef | ast.Lambda):
        return None
    arguments = home.args
    for place, argument in enumerate(arguments.args):
        if argument.arg == name:
            behind = place - len(arguments.args) + len(arguments.defaults)
            return place, arguments.defaults[behind] if behind >= 0 else None
    others = [*arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    if any(other is not None and other.arg == name for other in others):
        return -1, None
    return None
