"""Names that Python 3 spells, keeps or binds otherwise; pure."""

import ast

from seattle_p2p.vessel.migration.edits import Edit
from seattle_p2p.vessel.migration.helpers import NEEDS
from seattle_p2p.vessel.migration.old_names import (
    LOOK_ATTRIBUTES,
    LOOK_METHODS,
    LOOK_NAMES,
    METHODS_RENAMED,
    RENAMED,
)
from seattle_p2p.vessel.migration.page import Page, bound_in


class Names:
    """Looks at the names of one page, and at what gives names."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def look_at_name(self, node: ast.Name) -> None:
        """A name that is read: renamed, given by a helper, or to be looked at."""
        if not isinstance(node.ctx, ast.Load) or node.id in self._page.bound:
            return
        if node.id in RENAMED:
            look = node.id == "unicode"
            more = ": text has to be encoded before it is sent" if look else ""
            self._page.replace(
                node, RENAMED[node.id], f"{node.id} is {RENAMED[node.id]}{more}", look=look
            )
        elif node.id in NEEDS:
            self._page.helpers.update(NEEDS[node.id])
        elif node.id in LOOK_NAMES and not (
            node.id in ("apply", "locals") or isinstance(self._page.parents[node], ast.keyword)
        ):
            self._page.ask(node, f"{node.id}: {LOOK_NAMES[node.id]}")

    def look_at_attribute(self, node: ast.Attribute) -> None:
        """Attributes of functions and exceptions, and of text."""
        if node.attr == "func_name":
            self._page.replace_method(node, "__name__", "func_name is __name__")
        elif node.attr == "message":
            if isinstance(node.value, ast.Name) and node.value.id in self._page.caught:
                self._page.replace(node, f"str({node.value.id})", "exceptions have no message")
        elif node.attr in LOOK_ATTRIBUTES and isinstance(node.ctx, ast.Load):
            self._page.ask(node, f".{node.attr}: {LOOK_ATTRIBUTES[node.attr]}")

    def look_at_function(self, node: ast.FunctionDef) -> None:
        """Methods whose name means something to Python."""
        if not isinstance(self._page.parents[node], ast.ClassDef):
            return
        new = METHODS_RENAMED.get(node.name)
        if node.name == "next" and len(node.args.args) == 1:
            new = "__next__"
        if new:
            place = self._page.text.index(node.name, self._start_of_def(node))
            self._page.edits.append(Edit(place, place + len(node.name), new))
            look = "div" in new
            more = "; // asks for __floordiv__" if look else ""
            self._page.did(node, f"{node.name} is {new}{more}", look=look)
        elif node.name in LOOK_METHODS:
            self._page.ask(node, f"{node.name}: {LOOK_METHODS[node.name]}")

    def _start_of_def(self, node: ast.FunctionDef) -> int:
        return self._page.text.index("def", self._page.start(node)) + 3

    def look_at_class(self, node: ast.ClassDef) -> None:
        """Classes that would be no key of a dictionary any more."""
        methods = {m.name for m in node.body if isinstance(m, ast.FunctionDef)}
        if "__eq__" in methods and "__hash__" not in methods:
            self._page.ask(node, "with __eq__ and no __hash__ it is no key any more")

    def look_at_handler(self, node: ast.ExceptHandler) -> None:
        """Names of exceptions that are used after their handler."""
        if node.name is None:
            return
        scope: ast.AST = node
        while not isinstance(scope, ast.FunctionDef | ast.Module):
            scope = self._page.parents[scope]
        end = node.end_lineno or node.lineno
        for used in ast.walk(scope):
            if isinstance(used, ast.Name) and used.id == node.name and used.lineno > end:
                if isinstance(used.ctx, ast.Load) and not self._is_inside_handler_of(used):
                    self._page.ask(used, f"{node.name} is gone after its except block")
                return

    def _is_inside_handler_of(self, used: ast.Name) -> bool:
        around: ast.AST = used
        while around in self._page.parents:
            around = self._page.parents[around]
            if isinstance(around, ast.ExceptHandler) and around.name == used.id:
                return True
        return False

    def look_at_comprehension(self, node: ast.ListComp) -> None:
        """Names that a list left over for the lines after it."""
        names = set[str]().union(*(bound_in(g.target) for g in node.generators))
        scope: ast.AST = node
        while not isinstance(scope, ast.FunctionDef | ast.Module | ast.Lambda):
            scope = self._page.parents[scope]
        inside = set(ast.walk(node))
        others = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and n not in inside]
        stored = {n.id for n in others if isinstance(n.ctx, ast.Store)}
        for name in names - stored:
            later = [n for n in others if n.id == name and n.lineno >= node.lineno]
            if later and not any(self._is_own_of(n) for n in later):
                self._page.ask(later[0], f"{name} was left over by the list before")

    def _is_own_of(self, used: ast.Name) -> bool:
        """Whether a name belongs to a comprehension, lambda or function around it."""
        around: ast.AST = used
        while around in self._page.parents:
            around = self._page.parents[around]
            if isinstance(around, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
                if any(_binds(g.target, used.id) for g in around.generators):
                    return True
            elif isinstance(around, ast.FunctionDef | ast.Lambda):
                return any(a.arg == used.id for a in around.args.args)
        return False


def _binds(target: ast.expr, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(target))
