"""How a word is written: its usage line, read as a small grammar.

    [--detach] FILE [ARGUMENT]...       upper case: a slot; lower case: the word itself
    [TARGET] [to GROUP]                 brackets: may be left out; ...: any number of times
    [--every SECONDS] [--count COUNT]   options side by side: in any order
    on|off                              one of several words

The same line is shown by help, checks what was typed, and says what may come next.
"""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from seattle_p2p.errors import UsageError

_PIECE = re.compile(r"\[|\]\.\.\.|\]|[^\s\[\]]+")


@dataclass(frozen=True)
class Told:
    """What was typed, by the slots it fell into.

    Args:
        slots: Kind of slot and word, in order.
        literals: Words that stood for themselves.
    """

    slots: tuple[tuple[str, str], ...] = ()
    literals: frozenset[str] = frozenset()

    def one(self, kind: str, default: str = "") -> str:
        """The word in the slot of that kind; `default` when it was left out."""
        return next((word for name, word in self.slots if name == kind), default)

    def all(self, kind: str) -> list[str]:
        """All words in slots of that kind."""
        return [word for name, word in self.slots if name == kind]

    def has(self, literal: str) -> bool:
        """Whether this very word was typed where it is one of the usage's own."""
        return literal in self.literals


@dataclass(frozen=True)
class _Edge:
    to: int
    slot: str = ""
    literals: tuple[str, ...] = ()

    def takes(self, word: str) -> bool:
        return bool(self.slot) or word in self.literals


class Usage:
    """One usage line, understood. Build with `usage_of`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._edges: list[list[_Edge]] = [[]]
        self._skips: list[list[int]] = [[]]
        pieces = _PIECE.findall(text)
        self._last, rest = self._sequence(0, pieces)
        assert not rest, text

    def match(self, words: Sequence[str]) -> Told:
        """Put `words` into slots; the usage's own words win over slots.

        Raises:
            UsageError: they do not fit: what is missing, or which one is too much.
        """
        waiting: list[tuple[int, int, tuple[tuple[str, str], ...]]] = [(0, 0, ())]
        seen = set()
        while waiting:
            state, at, taken = waiting.pop()
            if (state, at) in seen:
                continue
            seen.add((state, at))
            if at == len(words):
                if self._last in self._closure({state}):
                    slots = tuple(pair for pair in taken if pair[0])
                    return Told(slots, frozenset(word for kind, word in taken if not kind))
                continue
            edges = [e for s in self._ordered_closure(state) for e in self._edges[s]]
            fitting = [edge for edge in edges if edge.takes(words[at])]
            # The last pushed is tried first: literals before slots, earlier before later.
            fitting.reverse()
            fitting.sort(key=lambda edge: not edge.slot)
            waiting += [(e.to, at + 1, (*taken, (e.slot, words[at]))) for e in fitting]
        raise self._misfit(words)

    def following(self, words: Sequence[str]) -> tuple[list[str], list[str]]:
        """After `words`: the kinds of slots, and the usage's own words, that may come next."""
        states = self._after(words)
        edges = [edge for state in sorted(states) for edge in self._edges[state]]
        slots = dict.fromkeys(edge.slot for edge in edges if edge.slot)
        literals = dict.fromkeys(word for edge in edges for word in edge.literals)
        return list(slots), list(literals)

    def _misfit(self, words: Sequence[str]) -> UsageError:
        for at, word in enumerate(words):
            if self._after(words[: at + 1]):
                continue
            slots, literals = self.following(words[:at])
            if not slots and not literals:
                return UsageError(f"{word!r} is one word too many")
            near = difflib.get_close_matches(word, literals, n=1)
            meant = f"did you mean {near[0]!r}?" if near else _listed(slots + literals)
            return UsageError(f"{word!r} does not fit there: {meant}")
        slots, literals = self.following(words)
        needed = slots or literals
        return UsageError(f"{' or '.join(needed)} is missing")

    def _after(self, words: Sequence[str]) -> set[int]:
        states = self._closure({0})
        for word in words:
            taken = {e.to for state in states for e in self._edges[state] if e.takes(word)}
            states = self._closure(taken)
        return states

    def _closure(self, states: set[int]) -> set[int]:
        return {found for state in states for found in self._ordered_closure(state)}

    def _ordered_closure(self, state: int) -> list[int]:
        found = [state]
        for known in found:
            found += [skip for skip in self._skips[known] if skip not in found]
        return found

    def _sequence(self, begin: int, pieces: list[str]) -> tuple[int, list[str]]:
        """Add `pieces` up to a closing bracket behind state `begin`; its end, and the rest."""
        at = begin
        options: int | None = None
        while pieces and not pieces[0].startswith("]"):
            piece, *pieces = pieces
            start = at
            if piece == "[":
                is_option = pieces[0].startswith("-")
                at, pieces = self._sequence(at, pieces)
                closing, *pieces = pieces
                self._skips[start].append(at)
                if closing == "]...":
                    self._skips[at].append(start)
                if not is_option:
                    options = None
                elif options is None:
                    options = start
                else:
                    self._skips[at].append(options)
                continue
            options = None
            name = piece.removesuffix("...")
            at = self._state()
            if name.isupper():
                self._edges[start].append(_Edge(at, slot=name))
            else:
                self._edges[start].append(_Edge(at, literals=tuple(name.split("|"))))
            if name != piece:
                self._skips[at].append(start)
        return at, pieces

    def _state(self) -> int:
        self._edges.append([])
        self._skips.append([])
        return len(self._edges) - 1


@lru_cache(maxsize=512)
def usage_of(text: str) -> Usage:
    """The usage that `text` describes; texts are few and are ours."""
    return Usage(text)


def _listed(names: Sequence[str]) -> str:
    return f"{' or '.join(names)} comes here"
