"""Researchers who send signed commands to what they find, and strangers who try to.

Their code is the one that runs on real machines: `experiment.peer` over a transport, in the
world's time. Every start and every change is counted at the node it went to.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seattle_p2p.errors import NoSuchVessel, NotPermitted, SeattleError, Unreachable, WrongPeer
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.sim.conversations import VirtualTransport
from seattle_p2p.sim.desk import Desk
from seattle_p2p.sim.population import Member, Person, Population
from seattle_p2p.sim.scenario import Workload
from seattle_p2p.sim.virtual_loop import VirtualLoop
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.adverts import Advert

_PROGRAM = b"log('hello')\n"
_AT_ONCE = 8
"""Nodes one researcher talks to at the same time."""


@dataclass
class Errands:
    """What became of all commands so far."""

    sent: Counter[str] = field(default_factory=Counter)
    """Commands answered, by word."""
    gone: int = 0
    """Commands given up because their node was gone."""
    refused: int = 0
    """Commands of strangers that were refused."""
    wrong: list[str] = field(default_factory=list)
    """Commands that had to be served and were refused, or the reverse."""
    started: list[tuple[int, str]] = field(default_factory=list)
    """Starts that were acknowledged: member and run id."""
    told: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    """What each vessel's information was changed to: the last acknowledged, and since."""

    def measures(self) -> dict[str, float]:
        """For the report."""
        return {
            "commands.served": sum(self.sent.values()),
            "commands.refused": self.refused,
            "commands.gone": self.gone,
        }


class Researchers:
    """Everybody who sends commands in a run.

    Args:
        population: Where they live.
        keys: Key pair of each member, and of each person, by public key.
        work: How often they do it.
        end_s: When the run ends; nothing new is begun in the last tenth of it.
        network: Name of the network.
    """

    def __init__(
        self,
        population: Population,
        keys: dict[PublicKey, KeyPair],
        work: Workload,
        end_s: float,
        network: str,
    ) -> None:
        self._population = population
        self._world = world = population.world
        self._keys = keys
        self._work = work
        self._end_s = end_s * 0.9
        self._network = network
        self._rng = world.streams.stream("errands")
        self._entropy = world.streams.stream("errands/entropy").randbytes
        self._loop = VirtualLoop(world)  # type: ignore[abstract]  # there are no sockets
        self._files: tempfile.TemporaryDirectory[str] | None = None
        self._desks: dict[PeerAddress, Desk] = {}
        self._number = 0
        self.errands = Errands()
        world.at(work.discover_from_s, self._open)

    def close(self) -> None:
        """Let go of everybody's files."""
        for desk in self._desks.values():
            desk.close()
        if self._files is not None:
            self._files.cleanup()

    @property
    def failures(self) -> list[str]:
        """What coroutines raised and nobody caught."""
        return [str(failure.get("exception")) for failure in self._loop.failures]

    def twice(self) -> list[str]:
        """Runs that were not started exactly once although their start was acknowledged,
        or more than once at all.
        """
        desks = {desk.host.index: desk for desk in self._desks.values()}
        wrong = [
            f"{run} at {index}: {desks[index].keepers.started[run]} times"
            for index, run in self.errands.started
            if desks[index].keepers.started[run] != 1
        ]
        for index, desk in desks.items():
            wrong += [f"{r} at {index}: {n}" for r, n in desk.keepers.started.items() if n > 1]
        return wrong

    def forgotten(self) -> list[str]:
        """Vessels whose information is none of what it may be after what was acknowledged."""
        desks = {desk.host.index: desk for desk in self._desks.values()}
        wrong = []
        for (index, vessel), told in self.errands.told.items():
            desk = desks[index]
            desk.take_in()
            if desk.information(vessel) not in told:
                wrong.append(f"{vessel} at {index}: {desk.information(vessel)!r} is not {told}")
        return wrong

    # What they do

    def _open(self) -> None:
        """Nodes answer commands from now on, and people send them."""
        self._files = files = tempfile.TemporaryDirectory(prefix="seattle-sim-")
        for member in self._population.members:
            if member.is_ordinary:
                self._desks[_address(member)] = self._desk_of(member, Path(files.name))
        for person in self._population.persons:
            self._loop.create_task(self._live(person))

    async def _live(self, person: Person) -> None:
        while True:
            await asyncio.sleep(self._rng.expovariate(1 / self._work.commands_every_s))
            if self._world.now_s > self._end_s:
                return
            await self._round(person)

    async def _round(self, person: Person) -> None:
        """Find everything, and work on all of it."""
        able = [index for index in person.homes if self._population.members[index].joined]
        if not able:
            return
        home = self._population.members[self._rng.choice(able)]
        adverts = await self._find(home, person)
        room = asyncio.Semaphore(_AT_ONCE)

        async def visit(advert: Advert) -> None:
            async with room:
                await self._work_on(home, person, advert)

        await asyncio.gather(*(visit(advert) for advert in adverts))

    async def _find(self, home: Member, person: Person) -> list[Advert]:
        done: asyncio.Future[list[Advert]] = self._loop.create_future()

        def then(found: list[Advert]) -> None:
            if not done.done():
                done.set_result(found)

        self._population.find(home, person, then)
        return await done

    async def _work_on(self, home: Member, person: Person, advert: Advert) -> None:
        member = self._population.member_of(advert.node)
        if member is None:
            return
        async with self._client(home, person.key, advert) as client:
            names: list[str] = []

            async def look() -> None:
                names.extend(vessel.name for vessel in await client.vessels())

            await self._tried("list", look())
            for name in names:
                await self._use(client, member, name)
        if self._rng.random() < self._work.strangers:
            await self._intrude(home, member, advert)

    async def _use(self, client: NodeClient, member: Member, vessel: str) -> None:
        """Upload, start, describe, look, stop."""
        self._number += 1
        text = f"errand {self._number}"
        key = member.index, vessel
        told = self.errands.told.setdefault(key, [""])
        # A stop whose reply never came may not have happened.
        if not await self._tried("stop", client.stop(vessel)):
            return
        if not await self._tried("upload", client.put(vessel, "hello.py", _PROGRAM)):
            return
        run: list[str] = []

        async def start() -> None:
            run.append(await client.start(vessel, "hello.py"))

        if await self._tried("start", start()):
            self.errands.started.append((member.index, run[0]))
        told.append(text)
        if await self._tried("information", client.change_information(vessel, text)):
            told[:] = [text]
        await self._tried("status", client.status(vessel))
        await self._tried("stop", client.stop(vessel))

    async def _intrude(self, home: Member, member: Member, advert: Advert) -> None:
        """Try the same with the key of somebody who has no right there."""
        others = [person for person in self._population.persons if person not in member.owners]
        if not others:
            return
        stranger = self._rng.choice(others)
        async with self._client(home, stranger.key, advert) as client:
            tries: list[tuple[str, Coroutine[Any, Any, object]]] = [
                ("start", client.start("v1", "hello.py")),
                ("stop", client.stop("v1")),
                ("upload", client.put("v1", "hello.py", _PROGRAM)),
                ("information", client.change_information("v1", "mine")),
                ("owner", client.change_owner("v1", stranger.key)),
            ]
            for word, trying in tries:
                try:
                    await trying
                except (NotPermitted, NoSuchVessel):
                    self.errands.refused += 1
                except (Unreachable, WrongPeer):
                    self.errands.gone += 1
                else:
                    self.errands.wrong.append(f"{word} of a stranger was served")

    async def _tried(self, word: str, command: Coroutine[Any, Any, object]) -> bool:
        """Whether a command that must be served was; a node that is gone is no mistake."""
        try:
            await command
        except (Unreachable, WrongPeer):
            self.errands.gone += 1
            return False
        except SeattleError as error:
            self.errands.wrong.append(f"{word}: {error.message}")
            return False
        self.errands.sent[word] += 1
        return True

    # What they are made of

    def _client(self, home: Member, person: PublicKey, advert: Advert) -> NodeClient:
        transport = VirtualTransport(
            self._world, home.host, self._desks, self._rng, self._work.cut_share
        )
        return NodeClient(
            self._keys[person],
            advert.node,
            [PeerAddress(where.host, where.port) for where in advert.commands],
            transport,
            network=self._network,
            entropy=self._entropy,
        )

    def _desk_of(self, member: Member, files: Path) -> Desk:
        return Desk(
            self._world,
            member.host,
            self._keys[member.signer.public],
            [person.key for person in member.owners],
            files / str(member.index),
            network=self._network,
            entropy=self._entropy,
        )


def _address(member: Member) -> PeerAddress:
    return PeerAddress(member.host.endpoint.host, member.host.endpoint.port)
