"""One text as Python 3 reads it: tree, places, and what is to be changed in it; pure."""

import ast

from seattle_p2p.vessel.migration.edits import Edit, Remark
from seattle_p2p.vessel.migration.kinds import Kinds

Placed = ast.expr | ast.stmt | ast.excepthandler | ast.keyword
"""Nodes that know where they stand."""


class Page:
    """A text, and what those who look at it have found so far.

    Args:
        text: What Python 3 can read.
        helpers: Names of `helpers.HELPERS` that are needed; added to.

    Attributes:
        edits: What can be done.
        done: The same in words.
        open: What a person must look at and was not touched.
        parents: What stands around each node.
        bound: Names that are given something anywhere.
        caught: Names of exceptions.
        kinds: Kinds of numbers.

    Raises:
        SyntaxError: Python 3 cannot read it.
    """

    def __init__(self, text: str, helpers: set[str]) -> None:
        self.edits: list[Edit] = []
        self.done: list[Remark] = []
        self.open: list[Remark] = []
        self.text = text
        self.helpers = helpers
        self.tree = ast.parse(text)
        self.kinds = Kinds(self.tree)
        self._lines = text.split("\n")
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self.parents: dict[ast.AST, ast.AST] = {}
        for node in ast.walk(self.tree):
            for child in ast.iter_child_nodes(node):
                self.parents[child] = node
        self.bound = bound_in(self.tree)
        self.bound |= {n.arg for n in ast.walk(self.tree) if isinstance(n, ast.arg)}
        self.bound |= {n.name for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)}
        self.caught = {n.name for n in self.parents if isinstance(n, ast.ExceptHandler)}

    def _at(self, line: int, column: int) -> int:
        """Place of a column, which counts bytes."""
        row = self._lines[line - 1]
        if not row.isascii():
            column = len(row.encode()[:column].decode("utf-8", "ignore"))
        return self._starts[line - 1] + column

    def start(self, node: Placed) -> int:
        """Place of a node's first character in the text."""
        return self._at(node.lineno, node.col_offset)

    def end(self, node: Placed) -> int:
        """Place behind its last one."""
        line, column = node.end_lineno, node.end_col_offset
        assert line is not None, "the parser gives every node an end"
        assert column is not None, "the parser gives every node an end"
        return self._at(line, column)

    def source(self, node: Placed) -> str:
        """What the text says there."""
        return self.text[self.start(node) : self.end(node)]

    def replace(self, node: Placed, new: str, what: str, *, look: bool = False) -> None:
        """Put `new` in its place, and say `what` was done; `look` asks a person to check it."""
        self.edits.append(Edit(self.start(node), self.end(node), new))
        self.did(node, what, look=look)

    def did(self, node: Placed, what: str, *, look: bool = False) -> None:
        """Say what was done there by edits of the caller's own."""
        self.done.append(Remark(node.lineno, look, what))

    def ask(self, node: Placed, what: str) -> None:
        """Leave it as it is, and ask a person to look."""
        self.open.append(Remark(node.lineno, True, what))

    def replace_method(self, node: ast.Attribute, new: str, what: str) -> None:
        """Call another method of the same thing."""
        end = self.end(node)
        self.edits.append(Edit(end - len(node.attr), end, new))
        self.did(node, what)


def bound_in(tree: ast.AST) -> set[str]:
    """Names that are given something there."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}
