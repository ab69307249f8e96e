"""Tells the overlay whose vessels are here: publishes and withdraws as the ledger changes."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Protocol

from seattle_p2p.errors import SeattleError
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.wire.adverts import sequence_after
from seattle_p2p.wire.endpoints import Endpoint

_log = logging.getLogger(__name__)

AGAIN_S = 5.0
"""After a publication that failed; renewing what succeeded is the overlay's own business."""


class Publishes(Protocol):
    """What is needed of `net.udp.UdpDriver`."""

    async def publish(
        self,
        person: PublicKey,
        *,
        overlay: Sequence[Endpoint],
        commands: Sequence[Endpoint],
        sequence: int,
    ) -> object:
        """Advertise this node under `person`, and keep it so."""

    async def withdraw(self, person: PublicKey) -> object:
        """Stop that."""


class Announcer:
    """Publishes this node under the keys of those whose vessels are advertised.

    Args:
        overlay: What publishes.
        wanted: The persons to publish under, now.
        endpoints: Where this node is reached: UDP, then TCP.
        starts: How often the node has started: adverts of this start are newer than all
            before.
    """

    def __init__(
        self,
        overlay: Publishes,
        wanted: Callable[[], set[PublicKey]],
        endpoints: Callable[[], tuple[Sequence[Endpoint], Sequence[Endpoint]]],
        *,
        starts: int,
    ) -> None:
        self._overlay = overlay
        self._first_sequence = sequence_after(starts)
        self._wanted = wanted
        self._endpoints = endpoints
        self._published: dict[PublicKey, object] = {}
        self._changed = asyncio.Event()

    def look_again(self) -> None:
        """Something about vessels, people or addresses may have changed."""
        self._changed.set()

    def publish_anew(self) -> None:
        """There are peers again: what was published before may have reached nobody."""
        for person in self._published:
            self._published[person] = None
        self.look_again()

    async def run(self) -> None:
        """Keep up with what is wanted, until cancelled."""
        while True:
            self._changed.clear()
            whole = await self._catch_up()
            try:
                async with asyncio.timeout(None if whole else AGAIN_S):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def withdraw_all(self) -> None:
        """Take back everything: the node stops."""
        persons = list(self._published)
        await asyncio.gather(*(self._withdraw(person) for person in persons))

    async def _catch_up(self) -> bool:
        try:
            wanted, endpoints = self._wanted(), self._endpoints()
        except SeattleError as reason:
            # A public name that nobody resolves just now, for one.
            _log.warning("cannot say where this node is", extra={"reason": reason.message})
            return False
        gone = [person for person in self._published if person not in wanted]
        new = [person for person in wanted if self._published.get(person) != endpoints]
        done = await asyncio.gather(
            *(self._withdraw(person) for person in gone),
            *(self._publish(person, endpoints) for person in new),
        )
        return all(done)

    async def _publish(
        self, person: PublicKey, endpoints: tuple[Sequence[Endpoint], Sequence[Endpoint]]
    ) -> bool:
        overlay, commands = endpoints
        try:
            await self._overlay.publish(
                person, overlay=overlay, commands=commands, sequence=self._first_sequence
            )
        except SeattleError as reason:
            _log.warning("could not publish", extra={"reason": reason.message})
            return False
        self._published[person] = endpoints
        return True

    async def _withdraw(self, person: PublicKey) -> bool:
        self._published.pop(person, None)
        try:
            await self._overlay.withdraw(person)
        except SeattleError as reason:
            _log.info("could not withdraw", extra={"reason": reason.message})
        return True
