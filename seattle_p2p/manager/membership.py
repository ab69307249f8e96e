"""Keeps a node in the network: joins, remembers whom it met, joins again when all are gone.

Ways in are tried together: peers remembered from before, then seeds. Who is on the same LAN is
met as well, which is the only way in where no seed answers.
"""

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

from seattle_p2p.errors import LanUnavailable, Unreachable, UsageError
from seattle_p2p.manager.remembered import read_peers, write_peers
from seattle_p2p.net.lan import on_lan
from seattle_p2p.overlay.core import Joined
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.endpoints import Endpoint, endpoint

_log = logging.getLogger(__name__)

LOOK_ROUND_S = 60.0
"""How often peers are written down, and missed when there are none."""
JOIN_AGAIN_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""Waits between attempts to enter the network; the last one for ever."""
_WAYS_IN = 48
"""Remembered peers tried beside the seeds; those known last come first."""
_LAN_AFTER_S = 1.0
"""Seeds have so long to answer before the LAN is asked as well."""
_NEIGHBOUR_S = 3.0
"""Longest time to enter through one neighbour."""
_NEIGHBOUR_AGAIN_S = (1.0, 5.0, 30.0)
"""Waits after attempts at one neighbour, while we know nobody: it may have only just begun."""


class Joins(Protocol):
    """What is needed of `net.udp.UdpDriver`."""

    async def join(self, seeds: Sequence[PeerAddress]) -> Joined:
        """Enter the network through any of `seeds`, or be its first node without any.

        Raises:
            Unreachable: nobody answered.
        """

    def peers(self) -> Sequence[Endpoint]:
        """Peers worth remembering."""

    def meet(self, endpoints: Iterable[Endpoint]) -> None:
        """Offer the table peers of another time."""


class Membership:
    """One node's place in its network. Run it as long as the node lives.

    Args:
        overlay: What joins.
        seeds: Says where the network is entered; asked again before each attempt.
        memory: File in which peers are remembered.
        lan: The network's name and where our socket is bound, when neighbours are to be found
            and told of us; None leaves the LAN alone.
        on_entered: Is told when peers were found after a time without any.
        on_round: Is told about once a minute.

    Attributes:
        tried: Is set once the first attempt is over, whatever came of it.
    """

    def __init__(
        self,
        overlay: Joins,
        *,
        seeds: Callable[[], Sequence[PeerAddress]],
        memory: Path,
        lan: tuple[str, Sequence[Endpoint]] | None = None,
        on_entered: Callable[[], None] = lambda: None,
        on_round: Callable[[], None] = lambda: None,
    ) -> None:
        self._overlay = overlay
        self._seeds = seeds
        self._memory = memory
        self._lan = lan
        self._on_entered = on_entered
        self._on_round = on_round
        self._met = asyncio.Event()
        self._one_door = asyncio.Lock()
        self.tried = asyncio.Event()

    async def run(self) -> None:
        """Join, and stay joined, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            if self._lan is not None:
                tasks.create_task(self._meet_neighbours(*self._lan))
            await self._enter()
            while True:
                self.remember_peers()
                await asyncio.sleep(LOOK_ROUND_S)
                if not self._overlay.peers():
                    await self._enter()
                self._on_round()

    def remember_peers(self) -> None:
        """Those known now, then those of before: whoever is gone now may be back later."""
        known = [PeerAddress(peer.host, peer.port) for peer in self._overlay.peers()]
        write_peers(self._memory, known + read_peers(self._memory))

    async def _enter(self) -> None:
        """Enter the network, however long it takes; without any address, be its first node."""
        for attempt in itertools.count():
            self._met.clear()
            remembered = read_peers(self._memory)
            known = [*remembered[:_WAYS_IN], *self._seeds()]
            entered = not known
            try:
                entered |= (await self._overlay.join(known)).peers > 0
            except Unreachable as reason:
                _log.warning("nobody to join", extra={"reason": reason.message})
            if entered and self.tried.is_set():
                self._on_entered()
            self.tried.set()
            if entered or self._overlay.peers():
                self._overlay.meet(_endpoints(remembered))
                return
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(JOIN_AGAIN_S[min(attempt, len(JOIN_AGAIN_S) - 1)]):
                    await self._met.wait()

    async def _meet_neighbours(self, network: str, bound: Sequence[Endpoint]) -> None:
        """Announce this node on the LAN, and join through whoever is announced there."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LAN_AFTER_S):
                await self.tried.wait()
        while True:
            try:
                async with on_lan(network, bound) as lan, asyncio.TaskGroup() as tasks:
                    while True:
                        tasks.create_task(self._meet(await lan.next_peer()))
            except LanUnavailable as reason:
                _log.info("no look at the LAN", extra={"reason": reason.message})
            await asyncio.sleep(LOOK_ROUND_S)

    async def _meet(self, neighbour: Endpoint) -> None:
        """Join through a neighbour that is no peer yet, so that a LAN is one network.

        One after the other: those we did not write to can tell whether strangers reach us.
        """
        for wait_s in _NEIGHBOUR_AGAIN_S:
            async with self._one_door:
                if neighbour in self._overlay.peers():
                    return
                await self._enter_through(neighbour)
            if self._overlay.peers():
                return
            await asyncio.sleep(wait_s)

    async def _enter_through(self, neighbour: Endpoint) -> None:
        alone = not self._overlay.peers()
        try:
            async with asyncio.timeout(_NEIGHBOUR_S):
                await self._overlay.join([PeerAddress(neighbour.host, neighbour.port)])
        except (TimeoutError, Unreachable):
            _log.debug("a neighbour is silent", extra={"neighbour": str(neighbour)})
        if alone and self._overlay.peers():
            _log.info("entered through the LAN")
            self.remember_peers()
            self._met.set()
            self._on_entered()


def _endpoints(addresses: Iterable[PeerAddress]) -> list[Endpoint]:
    """Those that are addresses and not names."""
    found = []
    for address in addresses:
        with contextlib.suppress(UsageError):
            found.append(endpoint(address.host, address.port))
    return found
