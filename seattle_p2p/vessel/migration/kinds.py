"""What kind of number stands somewhere in a program: enough to tell `/` from `//`; pure.

A kind is what is surely known: ``int``, ``float``, ``ints`` and ``floats`` (lists of them),
``other`` for what is no number and ``others`` for every other list; None when it cannot be
told. A name's kind is what all its assignments agree on; a parameter's what all calls of the
function in the text agree on.
All are found together, by going round until nothing changes: what is not known yet agrees with
everything, and what has disagreed once stays unknown.
"""

import ast

from seattle_p2p.vessel.migration.sources import (
    BinaryLike,
    ElementOf,
    Scope,
    SequenceOf,
    Source,
    Sources,
)

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


class Kinds:
    """Answers for every expression of one tree.

    Args:
        tree: A whole program, as Python 3 reads it.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._sources = Sources(tree)
        self._known: dict[object, Kind] = {}
        self._settle()

    def of(self, node: ast.AST) -> Kind:
        """The kind of an expression."""
        found = self._of(node)
        return None if found == _UNSEEN else found

    def _settle(self) -> None:
        sources = self._sources.by_name()
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

    def _of(self, node: Source) -> Kind:
        try:
            return node if node is None or isinstance(node, str) else self._find(node)
        except RecursionError:
            return None

    def _find(self, node: object) -> Kind:
        match node:
            case ElementOf(iterable):
                return _among(_ELEMENT, self._of(iterable))
            case SequenceOf(element):
                return _among(_SEQUENCE, self._of(element))
            case ast.Constant(value):
                return {int: "int", bool: "int", float: "float"}.get(type(value), "other")
            case ast.BinOp(left, op, right) | BinaryLike(left, op, right):
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
                return self._of_name(name, self._sources.scope_of.get(node, self._sources.tree))
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
            home = self._sources.home(name, scope)
            if (home, name) in self._known:
                return self._known[home, name]
            if isinstance(home, ast.Module):
                return None
            scope = self._sources.scope_of[home]
            while isinstance(scope, ast.ClassDef):
                scope = self._sources.scope_of[scope]

    def _of_call(self, function: ast.expr, args: list[ast.expr]) -> Kind:
        match function:
            case ast.Name(name) | ast.Attribute(attr=name) if name in self._sources.functions:
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

    def _agreed(self, sources: list[Source]) -> Kind:
        kinds = {self._of(source) for source in sources}
        seen = kinds - {_UNSEEN}
        if not seen:
            return _UNSEEN if kinds else None
        return seen.pop() if len(seen) == 1 else None


def _among(names: dict[str, str], kind: Kind) -> Kind:
    return kind if kind == _UNSEEN else names.get(kind or "")
