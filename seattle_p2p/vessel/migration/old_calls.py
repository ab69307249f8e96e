"""Calls of Python 2 that mean something else in Python 3; pure."""

import ast

from seattle_p2p.vessel.language import names_in
from seattle_p2p.vessel.migration.page import Page

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


class Calls:
    """Looks at the calls of one page."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def look(self, node: ast.Call) -> None:
        """Any call; the first case that fits is the call's."""
        match node.func:
            case ast.Attribute(thing, "has_key") if len(node.args) == 1:
                key, whole = self._operand(node.args[0]), self._operand(thing)
                self._page.replace(node, f"({key} in {whole})", "has_key is `in`")
            case ast.Attribute(_, attr) if attr in _VIEWS and not node.args:
                self._page.replace_method(node.func, _VIEWS[attr], f"{attr} is {_VIEWS[attr]}")
            case ast.Attribute(thing, attr) if attr in _DICT_LISTS and not node.args:
                if not self._may_be_view(node, thing):
                    self._page.replace(node, self._as_list(node), f"{attr}() gave a list")
            case ast.Attribute(thing, "next") if not node.args and not node.keywords:
                self._page.replace(
                    node, f"next({self._page.source(thing)})", "next is a function"
                )
            case ast.Attribute(_, "sort") if node.args:
                self._compare_by(node, node.args[0])
            case ast.Name("sorted") if len(node.args) > 1:
                self._compare_by(node, node.args[1])
            case ast.Name("map") if _is_none(node.args[:1]) and len(node.args) == 2:
                self._page.replace(
                    node, self._as_list(node.args[1]), "map(None, …) made a list"
                )
            case ast.Name("map") if _is_none(node.args[:1]):
                self._page.ask(node, "map(None, …) filled up with None: write a loop")
            case ast.Name(name) if name in _GAVE_LISTS and name not in self._page.bound:
                if not self._may_be_iterator(node, name):
                    self._page.replace(node, self._as_list(node), f"{name}() gave a list")
                if name == "filter" and not self._is_list(node.args[-1:]):
                    self._page.ask(node, "filter of a text gave a text: ''.join(…) it")
            case ast.Name("round") if "round" not in self._page.bound:
                self._page.ask(node, "round gave a float, and 0.5 went away from 0")
            case ast.Name("hex") if isinstance(self._page.parents[node], ast.Subscript):
                self._page.ask(node, "hex of a long had an L at its end")
            case ast.Name("oct"):
                self._page.ask(node, "oct begins with 0o")
            case ast.Name("apply") if node.args and "apply" not in self._page.bound:
                self._apply(node)
        for keyword in node.keywords:
            if keyword.arg == "cmp" and isinstance(node.func, ast.Attribute | ast.Name):
                self._page.helpers.add("cmp_to_key")
                new = f"key=cmp_to_key({self._page.source(keyword.value)})"
                self._page.replace(keyword, new, "sorting by comparing is sorting by a key")

    def _as_list(self, node: ast.expr) -> str:
        """A list of what an expression gives; old programs like to call their own `list`."""
        text = self._page.source(node)
        return f"[*{text}]" if "list" in self._page.bound else f"list({text})"

    def _compare_by(self, node: ast.Call, compare: ast.expr) -> None:
        self._page.helpers.add("cmp_to_key")
        new = f"key=cmp_to_key({self._page.source(compare)})"
        self._page.replace(compare, new, "sorting by comparing is sorting by a key")

    def _apply(self, node: ast.Call) -> None:
        arguments = [self._page.source(a) for a in node.args[1:]]
        stars = [star + text for star, text in zip(("*", "**"), arguments, strict=False)]
        new = f"{self._operand(node.args[0])}({', '.join(stars)})"
        self._page.replace(node, new, "apply is a call with a star")

    def _operand(self, node: ast.expr) -> str:
        """Source of an operand, in brackets unless it is one thing anyway."""
        simple = ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.Constant
        simple |= ast.List | ast.Dict | ast.ListComp | ast.Set
        text = self._page.source(node)
        if isinstance(node, ast.Tuple) and text.startswith("("):
            return text
        return text if isinstance(node, simple) and "\n" not in text else f"({text})"

    def _may_be_iterator(self, node: ast.Call, name: str) -> bool:
        """True where nobody can tell an iterator (or a range) from a list."""
        parent = self._page.parents[node]
        match parent:
            case ast.For(iter=iterable) | ast.comprehension(iter=iterable):
                return iterable is node
            case ast.Starred():
                return isinstance(self._page.parents[parent], ast.List)
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
        parent = self._page.parents[node]
        if isinstance(parent, ast.For) and parent.iter is node:
            return not self._is_changed_in(parent, self._page.source(thing))
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
                        if self._page.source(value) == thing:
                            return True
                    case ast.Call(ast.Attribute(value, attr)) if attr in _CHANGES:
                        if self._page.source(value) == thing:
                            return True
                    case ast.Call(ast.Name(name)) if name in self._page.bound:
                        return True
                    case ast.Call(ast.Attribute(ast.Name("self"))):
                        return True
        return False

    def _is_list(self, values: list[ast.expr]) -> bool:
        return all(
            self._page.kinds.of(value) in ("ints", "floats", "others") for value in values
        )


def _is_none(nodes: list[ast.expr]) -> bool:
    return bool(nodes) and isinstance(nodes[0], ast.Constant) and nodes[0].value is None
