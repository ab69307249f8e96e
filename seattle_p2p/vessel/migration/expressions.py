"""Second step, on Python 3's own tree: what is spelled alike and means something else; pure.

One round rewrites what contains nothing that is to be rewritten; rounds follow until nothing
is. Names that Python 2 had are translated, or given by `helpers`.
"""

import ast
from collections.abc import Callable

from seattle_p2p.vessel.migration.edits import Edit
from seattle_p2p.vessel.migration.names import Names
from seattle_p2p.vessel.migration.old_calls import Calls
from seattle_p2p.vessel.migration.old_names import LOOK_METHODS
from seattle_p2p.vessel.migration.page import Page


def look_over(text: str, helpers: set[str]) -> Page:
    """One round over one text: a page with all that was found.

    Args:
        text: What Python 3 can read.
        helpers: Names of `helpers.HELPERS` that are needed; added to.

    Raises:
        SyntaxError: It cannot.
    """
    page = Page(text, helpers)
    names, rest = Names(page), _Expressions(page)
    looks: dict[type[ast.AST], Callable[..., None]] = {
        ast.Call: Calls(page).look,
        ast.BinOp: rest.look_at_operation,
        ast.AugAssign: rest.look_at_change,
        ast.Name: names.look_at_name,
        ast.Attribute: names.look_at_attribute,
        ast.FunctionDef: names.look_at_function,
        ast.ClassDef: names.look_at_class,
        ast.ExceptHandler: names.look_at_handler,
        ast.ListComp: names.look_at_comprehension,
        ast.Import: rest.look_at_import,
        ast.ImportFrom: rest.look_at_import,
        ast.Expr: rest.look_at_statement,
        ast.Assign: rest.look_at_assignment,
        ast.Subscript: rest.look_at_item,
    }
    for node in ast.walk(page.tree):
        look = looks.get(type(node))
        if look:
            look(node)
    return page


class _Expressions:
    """Looks at what is neither a call nor a name: divisions, items, imports, assignments."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def look_at_operation(self, node: ast.BinOp) -> None:
        """A division."""
        if isinstance(node.op, ast.Div):
            self._divide(node, node.left, node.right, "/")

    def look_at_change(self, node: ast.AugAssign) -> None:
        """A division in place."""
        if isinstance(node.op, ast.Div):
            self._divide(node, node.target, node.value, "/=")

    def _divide(
        self,
        node: ast.BinOp | ast.AugAssign,
        left: ast.expr,
        right: ast.expr,
        sign: str,
    ) -> None:
        kinds = (self._page.kinds.of(left), self._page.kinds.of(right))
        if kinds == ("int", "int"):
            at = self._sign_between(left, right, sign)
            self._page.edits.append(Edit(at, at + len(sign), "/" + sign))
            self._page.did(node, "whole numbers are divided with //")
        elif "float" not in kinds:
            self._page.ask(
                node,
                f"{sign} of whole numbers must be /{sign} here, of others it stays: "
                f"{self._page.source(node)[:60]}",
            )

    def _sign_between(self, left: ast.expr, right: ast.expr, sign: str) -> int:
        """Place of an operator, past brackets, line ends and comments."""
        at = self._page.end(left)
        while not self._page.text.startswith(sign, at):
            at = self._page.text.index("\n", at) if self._page.text[at] == "#" else at + 1
        return at

    def look_at_item(self, node: ast.Subscript) -> None:
        """An item of an exception."""
        if (
            isinstance(node.value, ast.Name)
            and node.value.id in self._page.caught - self._page.bound
        ):
            end = self._page.end(node.value)
            self._page.edits.append(Edit(end, end, ".args"))
            self._page.did(node, "what an exception was raised with are its args")

    def look_at_import(self, node: ast.Import | ast.ImportFrom) -> None:
        """Any import: there is nothing to be imported."""
        self._page.ask(
            node,
            f"{self._page.source(node)}: there are no modules; dy_import_module loads the "
            "vessel's own files",
        )

    def look_at_statement(self, node: ast.Expr) -> None:
        """A call that stands alone."""
        text = self._page.source(node)
        if text.startswith("add_dy_support("):
            self._page.replace(node, "pass", f"{text}: not needed here")

    def look_at_assignment(self, node: ast.Assign) -> None:
        """Names that only the original's own loader needed."""
        match node:
            case ast.Assign([ast.Name("_context")], ast.Call(ast.Name("locals" | "globals"))):
                self._page.replace(node, "pass", f"{self._page.source(node)}: not needed here")
            case ast.Assign([ast.Name("__metaclass__")]):
                self._page.ask(node, LOOK_METHODS["__metaclass__"])
