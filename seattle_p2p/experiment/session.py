"""A researcher at work: a key, the vessels it controls, and what can be done with them.

async with Experimenter(key, contacts=["192.0.2.7:4711"]) as me:
    found = await me.browse()
    await me.upload(found.vessels, Path("ping.r2py"))
    started = await me.start(found.vessels, "ping.r2py", ["63100"])
    async for event in me.logs(started.ok, offsets=started.ok):
        print(event)
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from seattle_p2p.errors import UsageError
from seattle_p2p.experiment import logs
from seattle_p2p.experiment.bodies import BytesSource, Source, open_file
from seattle_p2p.experiment.browsed import Browsed, take_in
from seattle_p2p.experiment.group import (
    PARALLEL,
    TIMEOUT_S,
    FanOut,
    GroupResult,
    Outcome,
    Report,
)
from seattle_p2p.experiment.https import HttpsTransport
from seattle_p2p.experiment.log_events import Event
from seattle_p2p.experiment.memory import Memory, memory_name
from seattle_p2p.experiment.owner import Owner
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.experiment.targets import Vessel, choose
from seattle_p2p.experiment.waiting import waiting
from seattle_p2p.experiment.watching import Sight, watch
from seattle_p2p.experiment.work import (
    collecting,
    downloading,
    reading,
    reading_log,
    starting,
)
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.results import Files, VesselInfo

T = TypeVar("T")
Targets = Iterable[Vessel]


class Experimenter:
    """What one key can do on one network.

    Args:
        key: Who asks.
        network: Name of the network.
        contacts: Peers to join the overlay through, ``HOST:PORT`` or ``KEY@HOST:PORT``; when
            none answers, those remembered.
        lan: Whether to ask the local network for nodes when nobody else answers.
        folder: Where vessels and peers are remembered; nowhere when not given.
        parallel: Nodes worked on at once.
        timeout_s: Longest time for one vessel.
    """

    def __init__(
        self,
        key: KeyPair,
        *,
        network: str = "seattle",
        contacts: Sequence[str] = (),
        lan: bool = False,
        folder: Path | None = None,
        parallel: int = PARALLEL,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self.key = key
        self.network = network
        self.contacts = tuple(PeerAddress.from_text(contact) for contact in contacts)
        self.lan = lan
        self.memory = Memory(folder / memory_name(network, key.public) if folder else None)
        self.engine: FanOut[NodeClient] = FanOut(self._connect, parallel, timeout_s)
        self._transport: HttpsTransport | None = None

    async def __aenter__(self) -> "Experimenter":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of what was opened; conversations end with the work they are for."""
        self._transport = None

    @property
    def owner(self) -> Owner:
        """What only the owner of vessels may do: users, hand-over, split, join."""
        return Owner(self.key.public, self.engine, self.memory)

    @property
    def vessels(self) -> list[Vessel]:
        """Vessels known from browsing, by number; nothing is asked of anybody."""
        return self.memory.vessels

    def choose(self, *words: str) -> list[Vessel]:
        """The known vessels that `words` name (see `targets.choose`)."""
        return choose(words, self.vessels)

    async def browse(self, *, timeout_s: float = TIMEOUT_S, paths: int = 1) -> Browsed:
        """Find every vessel of this key: ask the overlay who advertises, then ask them.

        Args:
            timeout_s: Longest time for the overlay's part.
            paths: Ways through the overlay that share no peer, 1 to 4: with several, one liar
                on the way hides nothing, and is warned of.

        Raises:
            Unreachable: no contact answered.
            UsageError: no contact is given or remembered.
        """
        # Here, because no other command needs the overlay, and it takes long to load.
        from seattle_p2p.experiment.browse import find_nodes_by

        remembered = list(map(PeerAddress.from_text, self.memory.contacts))
        found = await find_nodes_by(
            [self.contacts, remembered],
            self.key.public,
            network=self.network,
            lan=self.lan,
            timeout_s=timeout_s,
            paths=paths,
        )
        self.memory.remember_contacts([*(c.text for c in self.contacts), *found.peers])
        # One vessel stands for a node while its real ones are asked for.
        doors = [
            Vessel(0, advert.node, "", tuple(map(str, advert.commands)))
            for advert in found.adverts
        ]

        async def ask(client: NodeClient, _: Vessel) -> list[VesselInfo]:
            return await client.vessels()

        answers = await self.engine.run(doors, ask)
        return take_in(self.memory, answers, found.warnings)

    # Many vessels at once; each answers a result per vessel, never an exception for one of them

    async def status(
        self, vessels: Targets, *, report: Report[VesselInfo] | None = None
    ) -> GroupResult[VesselInfo]:
        """How each vessel is now."""
        return await self._do(vessels, lambda node, v: node.status(v.id), report)

    async def upload(
        self,
        vessels: Targets,
        content: Path | bytes,
        name: str = "",
        *,
        report: Report[None] | None = None,
    ) -> GroupResult[None]:
        """Store a file in each vessel.

        Args:
            content: A file here, or bytes.
            name: What it is called there; the file's own name when empty.

        Raises:
            UsageError: the file cannot be read, or bytes come without a name.
        """
        source: Source
        if isinstance(content, bytes):
            source = BytesSource(content)
        else:
            source = await open_file(content)
            name = name or content.name
        if not name:
            raise UsageError("bytes to upload need a name", hint="upload(vessels, data, NAME)")
        return await self._do(vessels, lambda node, v: node.put(v.id, name, source), report)

    async def download(
        self,
        vessels: Targets,
        name: str,
        folder: Path,
        *,
        report: Report[Path] | None = None,
    ) -> GroupResult[Path]:
        """Fetch a file of each vessel into `folder`, as ``NODESHORT-v1-NAME``.

        A file stands there only when all of it came and the node signed for it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        return await self._do(vessels, downloading(name, folder), report)

    async def read(
        self, vessels: Targets, name: str, *, report: Report[bytes] | None = None
    ) -> GroupResult[bytes]:
        """A file's content in each vessel, in memory."""
        return await self._do(vessels, reading(name), report)

    async def start(
        self,
        vessels: Targets,
        program: str,
        arguments: Sequence[str] = (),
        *,
        report: Report[int] | None = None,
    ) -> GroupResult[int]:
        """Start a program that is there already.

        Args:
            arguments: The program's; `work.PLACEHOLDERS` are filled in for each vessel.

        Returns:
            For each vessel the offset in its log at which this run's lines begin.
        """
        return await self._do(vessels, starting(program, arguments), report)

    async def run(
        self,
        vessels: Targets,
        program: Path,
        arguments: Sequence[str] = (),
        *,
        report: Report[int] | None = None,
    ) -> GroupResult[int]:
        """Upload a program and start it; result as of `start`."""
        source = await open_file(program)
        return await self._do(vessels, starting(program.name, arguments, source), report)

    async def stop(
        self, vessels: Targets, *, report: Report[None] | None = None
    ) -> GroupResult[None]:
        """End the program of each vessel."""
        return await self._do(vessels, lambda node, v: node.stop(v.id), report)

    async def reset(
        self, vessels: Targets, *, report: Report[None] | None = None
    ) -> GroupResult[None]:
        """End the program of each vessel; remove its files and its log."""
        return await self._do(vessels, lambda node, v: node.reset(v.id), report)

    async def keep_running(
        self, vessels: Targets, keep: bool, *, report: Report[None] | None = None
    ) -> GroupResult[None]:
        """Say whether a program that ends by no one's wish is started again."""
        return await self._do(
            vessels, lambda node, v: node.change_keep_running(v.id, keep), report
        )

    async def files(
        self, vessels: Targets, *, report: Report[Files] | None = None
    ) -> GroupResult[Files]:
        """Names and sizes of each vessel's files."""
        return await self._do(vessels, lambda node, v: node.files(v.id), report)

    async def delete(
        self, vessels: Targets, name: str, *, report: Report[None] | None = None
    ) -> GroupResult[None]:
        """Remove a file of each vessel."""
        return await self._do(vessels, lambda node, v: node.delete(v.id, name), report)

    async def read_logs(
        self,
        vessels: Targets,
        offset: int = 0,
        *,
        since_s: float | None = None,
        report: Report[list[Event]] | None = None,
    ) -> GroupResult[list[Event]]:
        """All there is of each vessel's log, in lines; waits for nothing.

        Args:
            offset: Where to begin.
            since_s: Only what came within so many seconds until now; None for all.
        """
        return await self._do(vessels, reading_log(offset, since_s), report)

    def logs(
        self,
        vessels: Targets,
        *,
        offsets: Mapping[Vessel, int] | None = None,
        since_s: float | None = None,
    ) -> AsyncGenerator[Event, None]:
        """Follow the logs of all `vessels` as one stream, until each program has ended.

        Args:
            offsets: Where to begin, as `start` returned them; at 0 where nothing is said.
            since_s: Only what came within so many seconds until now; None for all.
        """
        return logs.follow(
            vessels,
            self._connect,
            offsets=offsets,
            since_s=since_s,
            timeout_s=self.engine.timeout_s,
        )

    def watch(
        self, vessels: Targets, *, every_s: float = 2.0
    ) -> AsyncGenerator[list[Sight], None]:
        """All vessels as they are now, every so many seconds, until it is closed."""
        return watch(
            vessels, self._connect, every_s=every_s, timeout_s=min(self.engine.timeout_s, 5.0)
        )

    async def wait(self, vessels: Targets, timeout_s: float) -> GroupResult[VesselInfo]:
        """Wait until no program runs in any of the vessels; how each ended.

        Those that still run after `timeout_s` seconds fail with `Unreachable`.
        """
        states = await self.status(vessels)
        return await waiting(states, self.logs, self.status, timeout_s)

    async def collect(
        self,
        vessels: Targets,
        folder: Path,
        *,
        report: Report[tuple[Path, ...]] | None = None,
    ) -> GroupResult[tuple[Path, ...]]:
        """Fetch all files of each vessel into `folder`, one folder for each vessel in it."""
        return await self._do(vessels, collecting(folder), report)

    def stream(
        self, vessels: Targets, work: Callable[[NodeClient, Vessel], Awaitable[T]]
    ) -> AsyncGenerator[Outcome[T], None]:
        """Do any `work` on each vessel; outcomes as they come."""
        return self.engine.as_they_come(vessels, work)

    async def _do(
        self,
        vessels: Targets,
        work: Callable[[NodeClient, Vessel], Awaitable[T]],
        report: Report[T] | None,
    ) -> GroupResult[T]:
        return await self.engine.run(vessels, work, report=report)

    async def _connect(self, node: PublicKey, endpoints: Sequence[str]) -> NodeClient:
        """A conversation with `node`, already greeted."""
        if self._transport is None:
            self._transport = HttpsTransport()
        addresses = [PeerAddress.from_text(endpoint) for endpoint in endpoints]
        client = NodeClient(self.key, node, addresses, self._transport, network=self.network)
        try:
            await client.introduce()
        except BaseException:
            with contextlib.suppress(asyncio.CancelledError):
                await client.close()
            raise
        return client
