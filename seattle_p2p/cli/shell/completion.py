"""Tab: what may come next, read from the table of words and their usages."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from seattle_p2p.cli.shell.grammar import Told, usage_of
from seattle_p2p.cli.shell.lines import quote, split_partial
from seattle_p2p.cli.shell.running import PREFIXES
from seattle_p2p.cli.shell.session import Session, Turn
from seattle_p2p.cli.shell.topics import TOPICS
from seattle_p2p.cli.shell.words import Table, Word
from seattle_p2p.cli.shell.words_files import example_names, names_for_completion

REMOTE_S = 3.0
"""Longest wait for vessels to name their files."""

_LOCAL = {"FILE", "FOLDER", "PREFIX", "KEY"}


@dataclass(frozen=True)
class Offer:
    """Something that may stand where the cursor is.

    Args:
        meta: What it is.
        other: Whether it is only another spelling of a word.
    """

    text: str
    meta: str = ""
    other: bool = False


@dataclass(frozen=True)
class _Place:
    """Where the cursor is: who speaks to whom, what is behind it, what is being typed."""

    identity: str
    target: str
    done: list[str]
    typed: str


class ShellCompleter(Completer):
    """Completes what stands in front of the cursor."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """Nothing: vessels can only be asked by the asynchronous way."""
        return ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """All that fits, vessels asked for the names of their files if need be."""
        before = document.text_before_cursor
        words = split_partial(before, self._session.variables)
        if words.in_comment:
            return
        *done, typed = words.words
        begins = words.last_begins - len(before)
        raw = before[words.last_begins :]
        if raw.startswith("$") and not words.quote:
            for name in sorted(self._session.variables):
                if name.startswith(raw[1:]):
                    yield Completion(f"${name}", begins)
            return
        for offer in await self.offers(done, typed):
            yield Completion(_typed(offer.text), begins, offer.text, display_meta=offer.meta)

    async def offers(self, done: list[str], typed: str) -> list[Offer]:
        """What may stand where `typed` is, behind the words `done`."""
        place = self._place(done, typed)
        fitting = [o for o in await self._offers(place) if o.text.startswith(place.typed)]
        # Other spellings are known to those who type them, and would only crowd the list.
        return [offer for offer in fitting if not offer.other] or fitting

    def _place(self, done: list[str], typed: str) -> _Place:
        identity, target = self._session.identity, self._session.target
        while len(done) >= 2 and done[0] in PREFIXES:
            if done[0] == "as":
                identity = done[1]
            else:
                target = done[1]
            done = done[2:]
        # In a list with commas only the last part is being typed.
        return _Place(identity, target, done, typed)

    async def _offers(self, place: _Place) -> list[Offer]:
        table = self._session.table
        if not place.done:
            return [_spelling(table, name) for name in table.first_words()]
        found = table.find(place.done)
        offers = []
        if len(place.done) == 1:
            first = place.done[0]
            offers = [_spelling(table, first, name) for name in table.second_words(first)]
        if found is None:
            return offers
        word, rest = found
        if word.name == "help":
            return self._topics(rest)
        slots, literals = usage_of(word.usage).following(rest)
        offers += [Offer(literal) for literal in literals]
        for slot in slots:
            offers += await self._fillings(slot, word, place)
        return offers

    def _topics(self, rest: list[str]) -> list[Offer]:
        table = self._session.table
        if rest:
            return [_spelling(table, rest[0], name) for name in table.second_words(rest[0])]
        words = [_spelling(table, name) for name in table.first_words()]
        return words + [Offer(topic) for topic in TOPICS]

    async def _fillings(self, slot: str, word: Word, place: _Place) -> list[Offer]:
        session = self._session
        match slot:
            case "TARGET":
                return self._targets(place)
            case "GROUP":
                return [Offer(name, "group") for name in session.groups.names]
            case "IDENTITY":
                return [Offer(name, "identity") for name in session.identities.names]
            case "VARIABLE":
                return [Offer(name, "variable") for name in session.variables]
            case "PLUGIN":
                return [Offer(p.name, "plug-in") for p in session.plugins.all]
            case "PROGRAM":
                here = _local(place.typed, folders_only=False)
                return here + [Offer(name, "example") for name in example_names()]
            case "REMOTE":
                return await self._remote(word, place)
            case _ if slot in _LOCAL:
                return _local(place.typed, folders_only=slot == "FOLDER")
        return []

    def _targets(self, place: _Place) -> list[Offer]:
        head, comma, _ = place.typed.rpartition(",")
        front = head + comma
        vessels = self._session.known.everything
        offers = [Offer("all", "every vessel")]
        offers += [Offer(name, "group") for name in self._session.groups.names]
        offers += [Offer(f"%{v.number}", v.name) for v in vessels]
        offers += [Offer(v.name, f"%{v.number}") for v in vessels]
        return [Offer(front + offer.text, offer.meta) for offer in offers]

    async def _remote(self, word: Word, place: _Place) -> list[Offer]:
        turn = Turn(self._session, word, Told(), place.identity, place.target)
        try:
            async with asyncio.timeout(REMOTE_S):
                names = await names_for_completion(turn)
        except TimeoutError:
            names = []
        return [Offer(name, "in vessels") for name in names]


def _local(typed: str, *, folders_only: bool) -> list[Offer]:
    """Files and folders here whose path begins so."""
    head, slash, tail = typed.rpartition("/")
    folder = Path(head + slash).expanduser() if slash else Path()
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return []
    offers = []
    for entry in entries:
        if entry.name.startswith(".") and not tail.startswith("."):
            continue
        if entry.is_dir():
            offers.append(Offer(f"{head}{slash}{entry.name}/", "folder"))
        elif not folders_only:
            offers.append(Offer(f"{head}{slash}{entry.name}"))
    return offers


def _spelling(table: Table, *names: str) -> Offer:
    """The last of `names`, with what the word that they spell does."""
    found = table.find(names)
    if found is None or found[1]:
        return Offer(names[-1])
    return Offer(names[-1], found[0].line, found[0].name != " ".join(names))


def _typed(text: str) -> str:
    """`text` quoted if need be; a folder's quote stays open for what is inside it."""
    quoted = quote(text)
    return quoted[:-1] if quoted != text and text.endswith("/") else quoted
