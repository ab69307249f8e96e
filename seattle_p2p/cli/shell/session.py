"""What a shell remembers while it is open, and one word's turn at it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from seattle_p2p.cli import output
from seattle_p2p.cli.fanout import Watched, as_document, exit_code, tell_reasons
from seattle_p2p.cli.shell.grammar import Told
from seattle_p2p.cli.shell.people import Identities, Identity
from seattle_p2p.cli.shell.targets import Groups, Known, Scope
from seattle_p2p.cli.shell.words import Table, Word
from seattle_p2p.errors import SeattleError, UsageError
from seattle_p2p.experiment.group import PARALLEL, TIMEOUT_S, GroupResult, Report
from seattle_p2p.experiment.memory import Memory, memory_name
from seattle_p2p.experiment.session import Experimenter
from seattle_p2p.experiment.targets import Vessel

if TYPE_CHECKING:
    from seattle_p2p.cli.shell.plugins import Plugins

T = TypeVar("T")
Job = Callable[[Experimenter, list[Vessel], Report[T]], Awaitable[GroupResult[T]]]
NOBODY = "nobody"


@dataclass
class Options:
    """What `set` changes.

    Args:
        timeout_s: Longest time for one vessel.
        parallel: Machines worked on at once.
        stop_on_error: Whether a script ends at its first failure.
    """

    timeout_s: float = TIMEOUT_S
    parallel: int = PARALLEL
    stop_on_error: bool = True


@dataclass
class Session:
    """Everything between two prompts.

    Args:
        network: Name of the network.
        folder: Where vessels and peers are remembered between sessions.
        identities: Who can speak.
        table: The words there are.
        plugins: Where some of them come from.
        as_json: Whether stdout is for programs.
        identity: Who speaks when nothing is said; empty for nobody.
        target: The vessels meant when nothing is said.
        remote: Names of files seen in vessels, for completion.
        contacts: Peers that anybody here has met, to browse through the first time.
        autosave: Saves the session after each command, when it was asked for.
        leaving: Set by `exit`.
    """

    network: str
    folder: Path | None
    identities: Identities
    table: Table
    plugins: "Plugins"
    as_json: bool = False
    identity: str = ""
    target: str = "all"
    known: Known = field(default_factory=Known)
    groups: Groups = field(default_factory=Groups)
    variables: dict[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)
    remote: dict[Vessel, list[str]] = field(default_factory=dict)
    contacts: list[str] = field(default_factory=list)
    autosave: Callable[[], None] | None = None
    leaving: bool = False
    _experimenters: dict[str, Experimenter] = field(default_factory=dict)

    @property
    def prompt(self) -> str:
        """Who speaks, to which vessels."""
        return f"{self.identity or NOBODY}@{self.target}"

    def scope(self, identity: str) -> Scope:
        """What targets mean when `identity` says them."""
        return Scope(self.known, self.groups, self.known.of(identity), identity or NOBODY)

    async def me(self, identity: str) -> Experimenter:
        """The engine under `identity`'s key; asks for a passphrase the first time.

        Raises:
            UsageError: there is no identity, or no private half of it.
        """
        if not identity:
            raise UsageError(
                "you are nobody yet", hint="make a key pair: genkeys me; or loadkeys FILE"
            )
        if identity not in self._experimenters:
            key = await self.identities.open(identity)
            self._experimenters[identity] = Experimenter(
                key, network=self.network, folder=self.folder
            )
        me = self._experimenters[identity]
        me.engine.timeout_s = self.options.timeout_s
        me.engine.parallel = self.options.parallel
        return me

    def meet(self, identity: Identity) -> None:
        """Know somebody, and the vessels that this key knew when it was last used here.

        Raises:
            UsageError: the name is another key's.
        """
        self.identities.add(identity)
        if self.folder is not None:
            memory = Memory(self.folder / memory_name(self.network, identity.public))
            self.contacts += memory.contacts
            for vessel in memory.vessels:
                self.known.take_in(vessel, identity.name)

    async def close(self) -> None:
        """Let go of everything that was opened."""
        for me in self._experimenters.values():
            await me.close()
        self._experimenters.clear()


@dataclass(frozen=True)
class Turn:
    """One word being carried out.

    Args:
        told: What was typed behind it.
        identity: Who says it.
        target: To which vessels, as it was typed.
    """

    session: Session
    word: Word
    told: Told
    identity: str
    target: str

    @property
    def base(self) -> str:
        """What the word's good and fail groups begin with."""
        return self.word.name.split()[-1]

    def vessels(self, target: str = "") -> list[Vessel]:
        """The vessels that the turn's target means, or another one.

        Raises:
            UsageError: it means nothing.
        """
        return self.session.scope(self.identity).resolve(target or self.target)

    async def me(self) -> Experimenter:
        """The engine under the key of whoever speaks."""
        return await self.session.me(self.identity)

    async def fan_out(self, job: Job[T]) -> GroupResult[T]:
        """Do `job` on the target's vessels with progress; note the good and the fail group."""
        me = await self.me()
        vessels = self.vessels()
        if not vessels:
            output.note(f"nothing to do: {self.target} has no vessels in it")
        watched = Watched(self.base, len(vessels), me.engine)
        if vessels:
            result = await watched.until(job(me, vessels, watched.report))
        else:
            result = GroupResult(())
        self.note_groups(result.ok, result.failed)
        return result

    def note_groups(
        self, good: "Mapping[Vessel, Any] | list[Vessel]", bad: "Mapping[Vessel, Any]"
    ) -> None:
        """Make these the groups ``<word>good`` and ``<word>fail``."""
        self.session.groups.set(f"{self.base}good", good)
        self.session.groups.set(f"{self.base}fail", bad)

    def finish(
        self,
        result: GroupResult[T],
        *,
        value: Callable[[T], Mapping[str, Any]] = lambda _: {},
        said: str = "",
    ) -> int:
        """Tell what came of a fan-out; the exit code it deserves.

        Args:
            value: What JSON shows of a vessel's value.
            said: What was done, for people: ``uploaded x.py to``.
        """
        if self.session.as_json:
            output.line(as_document(self.word.name, result, value))
        elif said and result.ok:
            output.note(f"{said} {len(result.ok)} of {len(result.outcomes)}")
        tell_reasons(result, reworded=in_shell)
        if result.failed and not self.session.as_json:
            output.note(f"  they are the group {self.base}fail now")
        return exit_code(result)

    async def do(
        self,
        job: Job[T],
        *,
        value: Callable[[T], Mapping[str, Any]] = lambda _: {},
        said: str = "",
    ) -> int:
        """`fan_out` and `finish`, for words that show nothing more."""
        return self.finish(await self.fan_out(job), value=value, said=said)

    def answer(self, data: Mapping[str, Any]) -> bool:
        """Print `data` as this word's JSON line, if stdout is for programs; whether it is."""
        if self.session.as_json:
            output.line({"command": self.word.name, **data})
        return self.session.as_json


def number_of(text: str, least: float, most: float) -> float:
    """A number that was typed.

    Raises:
        UsageError: it is none, or out of bounds.
    """
    try:
        number = float(text)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise UsageError(
            f"{text!r} is not a number from {least:g} to {most:g}", hint="`help set` shows how"
        )
    return number


def in_shell(hint: str) -> str:
    """A next step as it is typed here: hints are written for the commands outside."""
    for outside, inside in (
        ("seattle browse --contact HOST:PORT", "browse KEY@HOST:PORT"),
        ("seattle keys new", "genkeys"),
        ("--timeout SECONDS", "set timeout SECONDS"),
        ("seattle COMMAND --help", "help WORD"),
        ("--contact", "contact"),
        ("seattle ", ""),
    ):
        hint = hint.replace(outside, inside)
    return hint


def tell(error: SeattleError) -> None:
    """Say on stderr what went wrong, and what to do."""
    output.note(f"error: {error.message}")
    if error.hint:
        output.note(f"  next: {in_shell(error.hint)}")
