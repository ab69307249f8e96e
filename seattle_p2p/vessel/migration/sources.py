"""Where the names of a program get their values: what the text says, before any kind; pure."""

import ast
from collections import defaultdict
from typing import Any

Function = ast.FunctionDef | ast.Lambda
Scope = ast.Module | Function | ast.ClassDef
Source = Any
"""What a name may be: an expression, a `BinaryLike` and its kin, or a kind that is known."""


class SequenceOf:
    """A list with one element of an expression's kind."""

    __match_args__ = ("element",)

    def __init__(self, element: ast.expr) -> None:
        self.element = element


class ElementOf:
    """One element of what an expression gives."""

    __match_args__ = ("iterable",)

    def __init__(self, iterable: ast.expr) -> None:
        self.iterable = iterable


class BinaryLike:
    """`a op= b` as what `a` becomes."""

    __match_args__ = ("left", "op", "right")

    def __init__(self, left: ast.expr, op: ast.operator, right: ast.expr) -> None:
        self.left, self.op, self.right = left, op, right


class Sources:
    """Collects all sources of one tree.

    Args:
        tree: A whole program, as Python 3 reads it.

    Attributes:
        tree: The same.
        scope_of: The scope that each node stands in.
        functions: Functions and methods by name.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.scope_of: dict[ast.AST, Scope] = {}
        self.functions: dict[str, list[ast.FunctionDef]] = defaultdict(list)
        self._values: dict[tuple[Scope, str], list[Source]] = defaultdict(list)
        self._attributes: dict[str, list[Source]] = defaultdict(list)
        self._items: dict[str, list[ast.expr]] = defaultdict(list)
        self._calls: dict[str, list[ast.Call]] = defaultdict(list)
        self._named_otherwise: set[str] = set()
        self._global: set[tuple[Scope, str]] = set()
        self._walk(tree, tree)
        self._collect()

    def by_name(self) -> dict[object, list[Source]]:
        """Sources of everything that has a name.

        Keys are (scope, name) for variables, (name, "attribute") for attributes of anything and
        (name, "result") for what functions return.
        """
        found: dict[object, list[Source]] = {}
        for home, name in self._names():
            found[home, name] = self._sources(home, name)
        for name, values in self._attributes.items():
            found[name, "attribute"] = list(values)
        for name in self.functions:
            found[name, "result"] = self._results(name)
        return found

    def home(self, name: str, scope: Scope) -> Scope:
        """The scope in which a name that is used in `scope` would be bound."""
        return self.tree if (scope, name) in self._global else scope

    def _walk(self, node: ast.AST, scope: Scope) -> None:
        stack: list[tuple[ast.AST, Scope]] = [(node, scope)]
        while stack:
            node, scope = stack.pop()
            self.scope_of[node] = scope
            inner = (
                node if isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef) else scope
            )
            stack += [(child, inner) for child in ast.iter_child_nodes(node)]

    def _collect(self) -> None:
        called = {node.func for node in self.scope_of if isinstance(node, ast.Call)}
        for node, scope in self.scope_of.items():
            match node:
                case ast.Global(names):
                    self._global |= {(scope, name) for name in names}
                case ast.FunctionDef(name):
                    self.functions[name].append(node)
                case ast.Call(ast.Name(name)) | ast.Call(ast.Attribute(attr=name)):
                    self._calls[name].append(node)
                case ast.Name(name, ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()):
                    if node not in called:
                        self._named_otherwise.add(name)
        for node, scope in self.scope_of.items():
            self._collect_values(node, scope)

    def _collect_values(self, node: ast.AST, scope: Scope) -> None:
        match node:
            case ast.Assign(targets, value):
                for target in targets:
                    self._assign(target, value, scope)
            case ast.AugAssign(target, op, value):
                self._assign(target, BinaryLike(target, op, value), scope)
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
                self._values[self.home(name, scope), name].append(value)
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
                self._assign(second, ElementOf(inner), scope)
            case _:
                self._assign(target, ElementOf(iterable), scope)

    def _names(self) -> set[tuple[Scope, str]]:
        """Every name that something is given to, with the place where it lives."""
        parameters = {
            (node, argument.arg)
            for node in self.scope_of
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
            sources += [SequenceOf(value) for value in self._items.get(name, [])]
        return sources

    def _given(self, home: Scope, place: int, default: ast.expr | None) -> list[Source]:
        """What calls in this text give for a parameter; [None] when they cannot all be seen."""
        if place < 0 or not isinstance(home, ast.FunctionDef):
            return [None]
        name = home.name
        calls = self._calls.get(name, [])
        if len(self.functions[name]) != 1 or name in self._named_otherwise or not calls:
            return [None]
        is_method = isinstance(self.scope_of[home], ast.ClassDef)
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

    def _results(self, name: str) -> list[Source]:
        if len(self.functions[name]) != 1:
            return [None]
        function = self.functions[name][0]
        returns = [
            node
            for node, scope in self.scope_of.items()
            if isinstance(node, ast.Return) and scope is function
        ]
        return [node.value for node in returns] or [None]


def _all_parameters(arguments: ast.arguments) -> list[ast.arg]:
    others = [arguments.vararg, arguments.kwarg]
    plain = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return plain + [other for other in others if other is not None]


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
