"""First step: from what only Python 2 can read to what Python 3 can; line by line; pure."""

import re
from collections.abc import Callable, Sequence

from seattle_p2p.vessel.migration.edits import Edit, Remark
from seattle_p2p.vessel.migration.tokens import (
    BLOCKS,
    Token,
    is_in_brackets,
    parts_of,
    statements_of,
    tokens_of,
)

_NEW_WORDS = frozenset(["False", "True", "async", "await", "nonlocal"])
"""Words of the language now that were names then."""

_KEPT_ESCAPES = "\\'\"abfnrtvx01234567\n"
_ESCAPE = re.compile(r"\\([\s\S])")


class Statements:
    """Rewrites one text; `edits` and `remarks` say what came of it.

    Args:
        text: Python 2, with line ends as they are written here.
    """

    def __init__(self, text: str) -> None:
        self.edits: list[Edit] = []
        self.remarks: list[Remark] = []
        self._text = text
        tokens = list(tokens_of(text))
        self._print_is_a_call = bool(
            re.search(r"^from __future__ import .*print_function", text, re.MULTILINE)
        )
        self._words(tokens)
        headers: dict[str, Callable[[list[Token]], None]] = {
            "print": self._print,
            "exec": self._exec,
            "raise": self._raise,
            "include": self._include,
            "from": self._from,
        }
        statements = list(statements_of(tokens))
        for statement, following in zip(statements, [*statements[1:], []], strict=False):
            rewrite = headers.get(statement[0].text)
            if rewrite:
                rewrite(statement)
            if statement[0].text == "def":
                self._def(statement, following)
            elif statement[0].text == "except":
                self._except(statement, following)
            self._lambdas(statement)

    def _replace(self, tokens: list[Token], new: str, what: str, *, look: bool = False) -> None:
        self.edits.append(Edit(tokens[0].start, tokens[-1].end, new))
        self._say(tokens[0], what, look=look)

    def _insert(self, at: int, new: str) -> None:
        self.edits.append(Edit(at, at, new))

    def _say(self, token: Token, what: str, *, look: bool = False) -> None:
        self.remarks.append(Remark(token.line, look, what))

    def _source(self, tokens: list[Token]) -> str:
        return self._text[tokens[0].start : tokens[-1].end] if tokens else ""

    # -- single words -------------------------------------------------------------------------

    def _words(self, tokens: list[Token]) -> None:
        quoted = False
        before = ""
        for token in tokens:
            if token.text == "<>":
                self._replace([token], "!=", "<> is !=")
            elif token.text == "`":
                self._replace([token], ")" if quoted else "repr(", "backquotes are repr()")
                quoted = not quoted
            elif token.kind == "number":
                self._number(token)
            elif token.kind == "string":
                self._string(token)
            elif token.kind == "name" and token.text in _NEW_WORDS:
                self._new_word(token, before)
            if token.kind not in ("space", "continuation", "comment"):
                before = token.text

    def _new_word(self, token: Token, before: str) -> None:
        if token.text in ("True", "False") and before != ".":
            return
        self._replace(
            [token],
            token.text + "_",
            f"{token.text} is a word of the language now: renamed to {token.text}_",
            look=True,
        )

    def _number(self, token: Token) -> None:
        digits = token.text.rstrip("lL")
        if re.fullmatch("0[0-9]+", digits) and digits.strip("0"):
            self._replace([token], "0o" + digits.lstrip("0"), "octal numbers begin with 0o")
        elif digits != token.text:
            self._replace([token], digits, "all whole numbers are long")

    def _string(self, token: Token) -> None:
        prefix = re.match("[a-zA-Z]*", token.text)
        assert prefix
        marks, body = prefix[0].lower(), token.text[prefix.end() :]
        is_unicode = "u" in marks
        if "r" in marks:
            if is_unicode and re.search(r"\\[uU]", body):
                self._say(token, "\\u in a raw string is no character any more", look=True)
        else:
            body = _ESCAPE.sub(lambda m: _escape(m, is_unicode=is_unicode), body)
        new = ("r" if "r" in marks else "") + body
        if not body.isascii() and not is_unicode:
            self._say(
                token,
                "characters beyond ASCII were several bytes each, here each is one character: "
                ".encode('utf-8') what is to be sent",
                look=True,
            )
        elif is_unicode and (not body.isascii() or re.search(r"\\[uUN]", body)):
            self._say(
                token,
                "unicode text: .encode('utf-8') it before it is sent or stored",
                look=True,
            )
        if new != token.text:
            self._replace([token], new, "one kind of text, with an escape for each backslash")

    # -- statements ---------------------------------------------------------------------------

    def _print(self, statement: list[Token]) -> None:
        rest = statement[1:]
        if self._print_is_a_call or (rest and rest[0].text in ("=", ".", ",")):
            return
        if not rest:
            self._insert(statement[0].end, "()")
            return
        if is_in_brackets(rest) and len(parts_of(rest[1:-1])) == 1 and len(rest) > 2:
            return
        self._say(statement[0], "print is a call")
        begin, end = rest[0].start, rest[-1].end
        if rest[0].text == ">>":
            parts = parts_of(rest)
            where = self._source(parts[0][1:])
            self._say(statement[0], f"went to {where}, goes to the log now", look=True)
            begin = parts[1][0].start if len(parts) > 1 and parts[1] else end
        self.edits.append(Edit(statement[0].end, begin, "("))
        if rest[-1].text == "," and begin < end:
            self.edits.append(Edit(rest[-1].start, end, ', end=" ")'))
        else:
            self._insert(end, ")")

    def _exec(self, statement: list[Token]) -> None:
        self._say(
            statement[0],
            "exec is not part of the language: createvirtualnamespace(code, name)",
            look=True,
        )
        rest = statement[1:]
        if not rest or is_in_brackets(rest):
            return
        self.edits.append(Edit(statement[0].end, rest[0].start, "("))
        for part in parts_of(rest, "in")[1:]:
            into = rest[rest.index(part[0]) - 1] if part else rest[-1]
            self.edits.append(Edit(into.start, into.end, ","))
        self._insert(rest[-1].end, ")")

    def _raise(self, statement: list[Token]) -> None:
        rest = statement[1:]
        if not rest:
            return
        parts = parts_of(rest)
        if parts[0][0].kind == "string":
            self._insert(rest[0].start, "Exception(")
            self._insert(rest[-1].end, ")")
            self._say(statement[0], "a text cannot be raised", look=True)
            return
        if len(parts) == 1 or not parts[1]:
            return
        value = parts[1]
        inside = value[1:-1] if is_in_brackets(value) else value
        if not inside or self._source(value) == "None":
            self.edits.append(Edit(parts[0][-1].end, rest[-1].end, "()"))
        else:
            self.edits.append(Edit(parts[0][-1].end, inside[0].start, "("))
            self.edits.append(Edit(inside[-1].end, rest[-1].end, ")"))
        self._say(statement[0], "an exception is raised with its arguments in brackets")
        if len(parts) > 2:
            self._say(statement[0], "the traceback that was passed on is lost", look=True)

    def _except(self, statement: list[Token], body: list[Token]) -> None:
        parts = parts_of(statement[1:-1])
        if len(parts) != 2 or not parts[1]:
            return
        target = parts[1]
        comma = next(
            t
            for t in statement
            if t.text == "," and parts[0][-1].end <= t.start < target[0].start
        )
        plain = target[1:-1] if is_in_brackets(target) and len(target) == 3 else target
        name = self._source(plain)
        if len(plain) > 1:
            name = "caught_here"
            self._unpack_first(target[0], f"{self._source(target)} = {name}.args", body)
        self.edits.append(Edit(comma.start, target[-1].end, f" as {name}"))
        self._say(statement[0], "except with as")

    def _include(self, statement: list[Token]) -> None:
        if len(statement) > 1 and statement[1].kind == "name":
            text = self._source(statement)
            self._replace(
                statement,
                "pass",
                f"{text}: add the library's text, or upload it and dy_import_module it",
                look=True,
            )

    def _from(self, statement: list[Token]) -> None:
        text = self._source(statement)
        if re.match(r"from\s+(repyportability|__future__)\b", text):
            self._replace(statement, "pass", f"{text}: not needed here")

    # -- parameters that unpack ---------------------------------------------------------------

    def _def(self, statement: list[Token], body: list[Token]) -> None:
        opened = next((n for n, t in enumerate(statement) if t.text == "("), None)
        if opened is None:
            return
        self._unpack(parts_of(statement[opened + 1 : -2]), statement[0], body)

    def _unpack(
        self, parameters: list[list[Token]], where: Token, body: Sequence[Token] = ()
    ) -> None:
        """Give parameters that unpack a name, and unpack it in front of a simple `body`."""
        for part in parameters:
            if not part or part[0].text != "(":
                continue
            pattern = parts_of(part, "=")[0]
            whole = "_".join(t.text for t in pattern if t.kind == "name")
            unpacking = f"{self._source(pattern)} = {whole}"
            self._replace(pattern, whole, "a parameter cannot be unpacked in its place")
            self._unpack_first(where, unpacking, body)

    def _unpack_first(self, where: Token, unpacking: str, body: Sequence[Token]) -> None:
        """Put an assignment in front of a simple statement, so that no line moves."""
        if body and body[0].text not in BLOCKS and body[0].text != "@":
            self._insert(body[0].start, unpacking + "; ")
        else:
            self._say(where, f"put this first into the block: {unpacking}", look=True)

    def _lambdas(self, statement: list[Token]) -> None:
        for number, token in enumerate(statement):
            if token.text != "lambda" or number + 1 >= len(statement):
                continue
            colon = _colon_after(statement, number + 1)
            parameters = parts_of(statement[number + 1 : colon])
            if any(part and part[0].text == "(" for part in parameters):
                self._lambda(token, statement[number + 1 : colon], statement[colon:])

    def _lambda(self, where: Token, parameters: list[Token], body: list[Token]) -> None:
        """`lambda (a, b), c: x` becomes `lambda a_b, c: (lambda a, b, c: x)(*a_b, c)`."""
        outer, inner, given = [], [], []
        for part in parts_of(parameters):
            names = [token.text for token in part if token.kind == "name"]
            packed = part[0].text == "("
            if len([t for t in part if t.text in ("(", "=")]) != packed:
                self._unpack(parts_of(parameters), where)
                return
            outer.append("_".join(names))
            inner += names
            given.append(("*" if packed else "") + outer[-1])
        new = f"{', '.join(outer)}: (lambda {', '.join(inner)}"
        self._replace(parameters, new, "lambdas unpack with a second")
        self._insert(body[_end_of_lambda(body)].end, f")({', '.join(given)})")


def _escape(found: re.Match[str], *, is_unicode: bool) -> str:
    """A backslash that meant itself is doubled: `\\u` in a text that was no unicode, `\\d`."""
    kept = found[1] in _KEPT_ESCAPES or (is_unicode and found[1] in "uUN")
    return found[0] if kept else "\\" + found[0]


def _colon_after(statement: list[Token], begin: int) -> int:
    depth = 0
    for number in range(begin, len(statement)):
        text = statement[number].text
        if statement[number].kind == "op":
            depth += (text in "([{") - (text in ")]}")
        if text == ":" and depth == 0:
            return number
    return len(statement) - 1


def _end_of_lambda(body: list[Token]) -> int:
    """Place of the last word of what a lambda gives; its colon is the first word."""
    depth = 0
    for number, token in enumerate(body[1:], start=1):
        if token.kind == "op":
            if depth == 0 and token.text in ")]},:;":
                return number - 1
            depth += (token.text in "([{") - (token.text in ")]}")
        elif depth == 0 and token.text == "for":
            return number - 1
    return len(body) - 1
