"""Words of a Python 2 text. Python 3's own tokenizer refuses backquotes, `<>`, `0777`; pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from seattle_p2p.errors import UsageError

_SHORT = r"{q}[^{q}\\\n]*(?:\\[\s\S][^{q}\\\n]*)*{q}"
_LONG = r"{q}{q}{q}[^{q}\\]*(?:(?:\\[\s\S]|{q}(?!{q}{q}))[^{q}\\]*)*{q}{q}{q}"
_STRING = "|".join(form.format(q=q) for form in (_LONG, _SHORT) for q in ("'", '"'))

_KINDS = re.compile(
    r"(?P<space>[ \t\f]+)"
    r"|(?P<continuation>\\\n)"
    r"|(?P<comment>\#[^\n]*)"
    r"|(?P<newline>\n)"
    rf"|(?P<string>(?:[uU]?[rR]?|[bB][rR]?)(?:{_STRING}))"
    r"|(?P<number>0[xX][0-9a-fA-F]+[lL]?|0[bB][01]+[lL]?|0[oO][0-7]+[lL]?"
    r"|(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]+)?[jJlL]?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<op>\*\*=|//=|>>=|<<=|<>|[-+*/%&|^=!<>]=|\*\*|//|<<|>>|[-+*/%&|^~<>=()\[\]{}:;.,@`])"
)

BLOCKS = frozenset(
    ["if", "elif", "else", "while", "for", "try", "except", "finally", "with", "def", "class"]
)
"""Words that begin a header, which ends at a colon."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its kind (a group of the expression above, or ``end``), text and place."""

    kind: str
    text: str
    start: int
    line: int

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.start + len(self.text)


def tokens_of(text: str) -> Iterator[Token]:
    """Every word; line ends outside brackets are of the kind ``end``.

    Raises:
        UsageError: A character or a string that no Python 2 has, with its line.
    """
    at, line, depth = 0, 1, 0
    while at < len(text):
        found = _KINDS.match(text, at)
        if found is None:
            word = "a string is never closed" if text[at] in "'\"" else f"{text[at]!r}"
            raise UsageError(f"line {line}: not Python 2: {word}")
        kind, word = str(found.lastgroup), found[0]
        if kind == "op":
            depth = max(0, depth + (word in "([{") - (word in ")]}"))
        if kind == "newline" and depth == 0:
            kind = "end"
        yield Token(kind, word, at, line)
        line += word.count("\n")
        at = found.end()


def statements_of(tokens: Iterator[Token] | list[Token]) -> Iterator[list[Token]]:
    """Words of each simple statement and each header of a block, without blanks."""
    current: list[Token] = []
    depth = lambdas = 0
    for token in tokens:
        if token.kind in ("space", "continuation", "comment", "newline"):
            continue
        if token.kind == "end" or (token.text == ";" and depth == 0):
            if current:
                yield current
            current, depth, lambdas = [], 0, 0
            continue
        current.append(token)
        if token.kind == "op":
            depth += (token.text in "([{") - (token.text in ")]}")
        lambdas += depth == 0 and token.text == "lambda"
        if token.text == ":" and depth == 0:
            if lambdas:
                lambdas -= 1
            elif current[0].text in BLOCKS:
                yield current
                current = []
    if current:
        yield current


def parts_of(tokens: list[Token], separator: str = ",") -> list[list[Token]]:
    """Words between separators that stand in no bracket."""
    parts: list[list[Token]] = [[]]
    depth = lambdas = 0
    for token in tokens:
        if token.kind == "op":
            depth += (token.text in "([{") - (token.text in ")]}")
        lambdas += depth == 0 and token.text == "lambda"
        if depth == 0 and lambdas and token.text == ":":
            lambdas -= 1
        if (
            token.text == separator
            and token.kind in ("op", "name")
            and depth == 0
            and not lambdas
        ):
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def is_in_brackets(tokens: list[Token]) -> bool:
    """True when the first word opens a bracket that the last one closes."""
    if len(tokens) < 2 or tokens[0].text != "(" or tokens[-1].text != ")":
        return False
    depth = 0
    for token in tokens[:-1]:
        if token.kind == "op":
            depth += (token.text in "([{") - (token.text in ")]}")
        if depth == 0:
            return False
    return True
