"""The table of words: what dispatch, completion and help all read."""

import difflib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seattle_p2p.cli.shell.grammar import Told, usage_of
from seattle_p2p.errors import UsageError

if TYPE_CHECKING:
    from seattle_p2p.cli.shell.session import Turn

Action = Callable[["Turn"], Awaitable[int]]
"""Carries out a word; answers an exit code as the commands outside the shell do."""

MAX_NAME_WORDS = 2


@dataclass(frozen=True)
class Word:
    """One command of the shell.

    Args:
        name: As it is typed: one word or two, ``"show log"``.
        usage: What follows it, in the form that `grammar` reads.
        line: What it does, in one line without a full stop.
        teach: What one should know before using it, a few sentences.
        example: Lines to try, parted by line ends.
        action: What carries it out.
        also: Other spellings of the name.
        chapter: Where help lists it.
    """

    name: str
    usage: str
    line: str
    teach: str
    example: str
    action: Action
    also: tuple[str, ...] = ()
    chapter: str = "More"

    @property
    def written(self) -> str:
        """The whole usage."""
        return f"{self.name} {self.usage}".strip()

    def read(self, words: Sequence[str]) -> Told:
        """Understand what was typed behind the name.

        Raises:
            UsageError: it does not fit the usage.
        """
        try:
            return usage_of(self.usage).match(words)
        except UsageError as error:
            raise UsageError(
                f"{self.name}: {error.message}", hint=f"it is written: {self.written}"
            ) from None


class Table:
    """Words by their names and other spellings."""

    def __init__(self, words: Iterable[Word] = ()) -> None:
        self._names: dict[str, Word] = {}
        for word in words:
            self.add(word)

    def __iter__(self) -> Iterator[Word]:
        return iter(dict.fromkeys(self._names.values()))

    @property
    def names(self) -> list[str]:
        """Every spelling."""
        return list(self._names)

    def add(self, word: Word) -> None:
        """Take in a word.

        Raises:
            UsageError: one of its spellings is another word's.
        """
        for name in (word.name, *word.also):
            if name in self._names:
                raise UsageError(f"there is a word {name!r} already")
        self._names |= dict.fromkeys((word.name, *word.also), word)

    def drop(self, word: Word) -> None:
        """Forget a word."""
        self._names = {name: held for name, held in self._names.items() if held is not word}

    def find(self, words: Sequence[str]) -> tuple[Word, list[str]] | None:
        """The word that `words` begin with and what follows it; the longest name wins."""
        for count in range(min(MAX_NAME_WORDS, len(words)), 0, -1):
            found = self._names.get(" ".join(words[:count]))
            if found is not None:
                return found, list(words[count:])
        return None

    def need(self, words: Sequence[str]) -> tuple[Word, list[str]]:
        """As `find`.

        Raises:
            UsageError: there is no such word; the nearest is named.
        """
        found = self.find(words)
        if found is not None:
            return found
        first, second = words[0], " ".join(words[:MAX_NAME_WORDS])
        family = self.second_words(first)
        if family and len(words) == 1:
            raise UsageError(f"{first} what?", hint=f"one of: {', '.join(family)}")
        typed = second if family else first
        near = difflib.get_close_matches(typed, self.names, n=1, cutoff=0.6)
        near = near or difflib.get_close_matches(second, self.names, n=1, cutoff=0.75)
        raise UsageError(
            f"there is no word {typed!r}",
            hint=f"did you mean `{near[0]}`?" if near else "`help` lists all words",
        )

    def second_words(self, first: str) -> list[str]:
        """What may follow `first` in names of two words, other spellings last."""
        pairs = (name.split(" ", 1) for name in self._by_rank() if " " in name)
        return [second for begin, second in pairs if begin == first]

    def first_words(self) -> list[str]:
        """What a line may begin with, other spellings last."""
        return list(dict.fromkeys(name.split(" ", 1)[0] for name in self._by_rank()))

    def _by_rank(self) -> list[str]:
        return sorted(self._names, key=lambda name: self._names[name].name != name)
