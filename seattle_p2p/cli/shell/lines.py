"""From a typed line to words: blanks, quotes, comments and variables.

    upload "my file.txt" data.txt     # quotes keep blanks together
    run ping.r2py $port 'costs $5'    # variables outside single quotes

A value that a variable stands for is never cut again.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from seattle_p2p.errors import UsageError

BLANKS = " \t\r\n"
QUOTES = "'\""
ESCAPABLE = "\\\"'$# \t"
"""What a backslash in front of takes the meaning from; elsewhere it is a plain character."""


@dataclass(frozen=True)
class Words:
    """A line that was cut.

    Args:
        words: The words, the last one empty when the line ends in a blank and `partial` was
            asked for.
        last_begins: Where the last word begins in the line, its quote included.
        quote: The quote that is open at the end, or empty.
        in_comment: Whether the line ends in a comment.
    """

    words: list[str]
    last_begins: int
    quote: str
    in_comment: bool


def split(line: str, variables: Mapping[str, str]) -> list[str]:
    """The words of a whole line.

    Raises:
        UsageError: a quote is not closed, or a variable was never set.
    """
    return _Cutter(line, variables, partial=False).cut().words


def split_partial(line: str, variables: Mapping[str, str]) -> Words:
    """The words of a line that is still being typed; nothing is refused."""
    return _Cutter(line, variables, partial=True).cut()


def quote(word: str) -> str:
    """`word` as it has to be typed to be one word that means itself."""
    if word and not any(c in BLANKS + QUOTES + "\\$" for c in word) and word[0] != "#":
        return word
    if "'" not in word:
        return f"'{word}'"
    for character in '\\"$':
        word = word.replace(character, "\\" + character)
    return f'"{word}"'


class _Cutter:
    def __init__(self, line: str, variables: Mapping[str, str], *, partial: bool) -> None:
        self._line = line
        self._variables = variables
        self._partial = partial
        self._at = 0

    def cut(self) -> Words:
        words: list[str] = []
        while True:
            while self._at < len(self._line) and self._line[self._at] in BLANKS:
                self._at += 1
            begins = self._at
            if self._here() in ("", "#"):
                comment = self._here() == "#"
                last = [""] if self._partial and not comment else []
                return Words(words + last, begins, "", comment)
            word, open_quote = self._word()
            words.append(word)
            if self._at >= len(self._line) and (self._partial or not open_quote):
                return Words(words, begins, open_quote, False)

    def _word(self) -> tuple[str, str]:
        text = ""
        while (here := self._here()) and here not in BLANKS:
            if here in QUOTES:
                inside, closed = self._quoted(here)
                text += inside
                if not closed:
                    return text, here
            else:
                text += self._plain()
        return text, ""

    def _quoted(self, mark: str) -> tuple[str, bool]:
        begun = self._at
        self._at += 1
        text = ""
        while (here := self._here()) and here != mark:
            if mark == "'":
                text += here
                self._at += 1
            else:
                text += self._plain()
        if here:
            self._at += 1
            return text, True
        if self._partial:
            return text, False
        raise UsageError(
            f"the quote {mark} at character {begun + 1} is not closed",
            hint=f"close it with another {mark}, or write \\{mark} for the character itself",
        )

    def _plain(self) -> str:
        """One character, or what stands for others."""
        here = self._here()
        self._at += 1
        if here == "\\" and self._here() and self._here() in ESCAPABLE:
            here = self._here()
            self._at += 1
        elif here == "$":
            return self._variable()
        return here

    def _variable(self) -> str:
        """What a ``$`` stands for; it was passed already."""
        if self._here() == "$":
            self._at += 1
            return "$"
        braced = self._here() == "{"
        begins = end = self._at + braced
        while end < len(self._line) and (self._line[end].isalnum() or self._line[end] == "_"):
            end += 1
        name = self._line[begins:end]
        if not name or (braced and self._line[end : end + 1] != "}"):
            return "$"
        self._at = end + braced
        if name in self._variables:
            return self._variables[name]
        if self._partial:
            return f"${name}"
        near = difflib.get_close_matches(name, self._variables, n=1)
        raise UsageError(
            f"there is no variable ${name}",
            hint=f"did you mean ${near[0]}?" if near else f"set one: set {name} VALUE",
        )

    def _here(self) -> str:
        return self._line[self._at : self._at + 1]
