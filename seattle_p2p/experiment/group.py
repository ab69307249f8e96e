"""The same work on many vessels: one engine under command line, shell and API.

One connection to a node for all its vessels, side by side; a bounded number of nodes at a
time; a deadline for each vessel. What fails is a result like any other and stops nobody else.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from seattle_p2p.errors import InternalError, SeattleError, Unreachable
from seattle_p2p.experiment.selection import Selection
from seattle_p2p.experiment.tables import html_table
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.wire.limits import MAX_BATCH

PARALLEL = 32
"""Nodes worked on at once: far below usual limits on open files."""

PER_NODE = MAX_BATCH
"""Vessels of one node worked on at once: what they ask fits into one batch."""

TIMEOUT_S = 30.0
"""Longest that one vessel may take for one command, its share of connecting included."""

T = TypeVar("T")


class Connection(Protocol):
    """What the engine needs to know of a conversation with a node."""

    async def close(self) -> None:
        """Hang up; never raises."""


C = TypeVar("C", bound=Connection)


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """What came of the work on one vessel: a value, or an error.

    Args:
        took_s: From the beginning of its turn, seconds.
    """

    vessel: Vessel
    value: T | None
    error: SeattleError | None
    took_s: float


@dataclass(frozen=True)
class Reason:
    """One way to fail and the vessels it hit."""

    code: str
    message: str
    hint: str
    vessels: tuple[Vessel, ...]


@dataclass(frozen=True)
class GroupResult(Generic[T]):
    """What came of the work on each vessel, in the order the vessels were given."""

    outcomes: tuple[Outcome[T], ...]

    @property
    def ok(self) -> dict[Vessel, T]:
        """Values of the vessels where it worked."""
        return {o.vessel: o.value for o in self.outcomes if o.error is None}  # type: ignore[misc]  # a value stands wherever no error does

    @property
    def failed(self) -> dict[Vessel, SeattleError]:
        """Errors of the vessels where it did not."""
        return {o.vessel: o.error for o in self.outcomes if o.error is not None}

    def where(self, wanted: Callable[[T], bool]) -> Selection:
        """The vessels where it worked and the value is `wanted`."""
        return Selection(v for v, value in self.ok.items() if wanted(value))

    def _repr_html_(self) -> str:
        rows = [
            (o.vessel.number, o.vessel.name, o.value if o.error is None else o.error.message)
            for o in self.outcomes
        ]
        note = f"{len(self.ok)} ok, {len(self.failed)} failed"
        return html_table(("%", "vessel", "what came of it"), rows, note)

    @property
    def reasons(self) -> list[Reason]:
        """Errors grouped by their text, which names no node then; the commonest first."""
        groups: dict[tuple[str, str, str], list[Vessel]] = {}
        for vessel, error in self.failed.items():
            said = (error.code, _without_names(error.message, vessel), error.hint)
            groups.setdefault(said, []).append(vessel)
        found = []
        for (code, message, hint), hit in groups.items():
            nodes = {vessel.node for vessel in hit}
            exact = self.failed[hit[0]].message if len(nodes) == 1 else message
            found.append(Reason(code, exact, hint, tuple(hit)))
        return sorted(found, key=lambda reason: -len(reason.vessels))

    def raise_for_failures(self) -> None:
        """Raise the commonest error, saying how many vessels it hit, if there is any."""
        if not self.failed:
            return
        first = self.reasons[0]
        error = self.failed[first.vessels[0]]
        raise type(error)(
            f"{first.message} ({len(self.failed)} of {len(self.outcomes)} vessels failed)",
            hint=first.hint,
        ) from error


Work = Callable[[C, Vessel], Awaitable[T]]
Report = Callable[[Outcome[T]], None]


@dataclass
class FanOut(Generic[C]):
    """Does work on vessels, many at once.

    Args:
        connect: Opens a conversation with a node, given its key and endpoints; raises a
            `SeattleError` when it cannot.
        parallel: Nodes worked on at once, at least 1.
        timeout_s: Longest time for one vessel.
    """

    connect: Callable[[PublicKey, Sequence[str]], Awaitable[C]]
    parallel: int = PARALLEL
    timeout_s: float = TIMEOUT_S
    _begun: dict[Vessel, float] = field(default_factory=dict, init=False)

    def slow(self, than_s: float) -> list[Vessel]:
        """Vessels that are being worked on for longer than that, the slowest first."""
        now = time.monotonic()
        late = [v for v, begun in self._begun.items() if now - begun > than_s]
        return sorted(late, key=lambda vessel: self._begun[vessel])

    async def run(
        self,
        vessels: Iterable[Vessel],
        work: Work[C, T],
        *,
        report: Report[T] | None = None,
    ) -> GroupResult[T]:
        """Do `work` on each of `vessels`; returns when all are done or given up.

        Args:
            work: Called with the node's conversation and one of its vessels; for several of
                them at the same time. What is lost on the way is sent again by the
                conversation, under the same command id; the engine itself repeats nothing.
            report: Told of each outcome as it comes.
        """
        wanted = list(dict.fromkeys(vessels))
        done: dict[Vessel, Outcome[T]] = {}

        def note(outcome: Outcome[T]) -> None:
            done[outcome.vessel] = outcome
            if report:
                report(outcome)

        nodes: dict[PublicKey, list[Vessel]] = {}
        for vessel in wanted:
            nodes.setdefault(vessel.node, []).append(vessel)
        room = asyncio.Semaphore(max(self.parallel, 1))
        async with asyncio.TaskGroup() as tasks:
            for held in nodes.values():
                tasks.create_task(self._on_node(held, work, note, room))
        return GroupResult(tuple(done[vessel] for vessel in wanted))

    async def as_they_come(
        self, vessels: Iterable[Vessel], work: Work[C, T]
    ) -> AsyncGenerator[Outcome[T], None]:
        """Like `run`, but hands out each outcome when it is there."""
        queue: asyncio.Queue[Outcome[T] | None] = asyncio.Queue()
        running = asyncio.create_task(self.run(vessels, work, report=queue.put_nowait))
        running.add_done_callback(lambda _: queue.put_nowait(None))
        try:
            while (outcome := await queue.get()) is not None:
                yield outcome
            await running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def _on_node(
        self,
        vessels: Sequence[Vessel],
        work: Work[C, T],
        note: Report[T],
        room: asyncio.Semaphore,
    ) -> None:
        """One node's vessels; a node that cannot be reached fails them all."""
        line = _Line(self.connect, vessels[0])
        places = asyncio.Semaphore(PER_NODE)

        async def one(vessel: Vessel) -> None:
            async with places:
                begun = self._begun[vessel] = time.monotonic()
                value, error = await self._turn(line, vessel, work)
                del self._begun[vessel]
                note(Outcome(vessel, value, error, time.monotonic() - begun))

        async with room:
            try:
                async with asyncio.TaskGroup() as tasks:
                    for vessel in vessels:
                        tasks.create_task(one(vessel))
            finally:
                await line.close()
                for vessel in vessels:
                    self._begun.pop(vessel, None)

    async def _turn(
        self, line: "_Line[C]", vessel: Vessel, work: Work[C, T]
    ) -> tuple[T | None, SeattleError | None]:
        connection: C | None = None
        try:
            async with asyncio.timeout(self.timeout_s):
                connection = await line.open()
                return await work(connection, vessel), None
        except SeattleError as error:
            if isinstance(error, Unreachable):
                line.lose(connection)
            return None, error
        except TimeoutError:
            line.lose(connection)
            return None, Unreachable(
                f"no answer within {self.timeout_s:g} s",
                hint="try again, or give it longer: --timeout SECONDS",
            )
        except OSError as reason:
            return None, SeattleError(f"{reason.strerror or reason}: {reason.filename or ''}")
        except Exception as reason:  # one bad node must not stop the others; it is reported
            line.lose(connection)
            return None, InternalError(f"{type(reason).__name__}: {reason}")


def _without_names(message: str, vessel: Vessel) -> str:
    """`message` with what is different for every node replaced by an ellipsis."""
    for name in (vessel.name, vessel.node.text, vessel.node.short, *vessel.endpoints):
        message = message.replace(name, "…")
    return message


class _Line(Generic[C]):
    """The conversation with one node: opened when first needed, and again after it broke."""

    def __init__(
        self, connect: Callable[[PublicKey, Sequence[str]], Awaitable[C]], vessel: Vessel
    ) -> None:
        self._connect = connect
        self._vessel = vessel
        self._opening: asyncio.Event | None = None
        self._connection: C | None = None
        self._opened: list[C] = []
        self._why_not: SeattleError | None = None

    async def open(self) -> C:
        """The conversation, for all who ask; a node that once could not be reached cannot."""
        while self._connection is None:
            if self._why_not is not None:
                raise self._why_not
            if self._opening is not None:
                # All who wait go on in the same turn of the loop: what they ask goes together.
                await self._opening.wait()
                continue
            self._opening = opened = asyncio.Event()
            try:
                found = await self._connect(self._vessel.node, self._vessel.endpoints)
                self._connection = found
                self._opened.append(found)
            except SeattleError as error:
                self._why_not = error
                raise
            finally:
                self._opening = None
                opened.set()
        return self._connection

    def lose(self, connection: C | None) -> None:
        """Whoever comes next opens another one; those who are at work with it go on."""
        if self._connection is connection:
            self._connection = None

    async def close(self) -> None:
        """Hang up."""
        for connection in self._opened:
            await connection.close()
