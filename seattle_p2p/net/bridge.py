"""From IPv4 into IPv6 and back: how a node on both enters the network it has no address of.

Peers of the one network are asked for peers in the other, at first because there are none,
later so that neither network stays in pieces. To those who ask, a node names itself over there.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from seattle_p2p.errors import SeattleError
from seattle_p2p.net.udp import UdpDriver
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.core import Role

_log = logging.getLogger(__name__)

BRIDGE_S = 1.5
"""Joining waits so long for the second network; then it is entered in the background."""
LOOK_AGAIN_S = (5.0, 10.0, 30.0, 60.0)
"""Waits between looks for the other network while one has peers and the other none."""
MERGE_S = 600.0
"""How often each network is asked for peers in the other, so that none stays in pieces."""


class Bridge:
    """Looks for ways from the network of one driver into that of the other.

    Args:
        four: Drives the core on IPv4.
        six: Drives the core on IPv6.
        on_entered: Is told when a network was entered in which nobody was known.
    """

    def __init__(
        self,
        four: UdpDriver,
        six: UdpDriver,
        on_entered: Callable[[UdpDriver], Awaitable[None]],
    ) -> None:
        self._both = (four, six)
        self._on_entered = on_entered
        self._crossing: asyncio.Task[None] | None = None
        self._at: dict[int, Endpoint | None] = {}
        """Of each family our own address to name to others; found anew now and then."""
        self._look_at_addresses()
        for one, other in ((four, six), (six, four)):
            one.node.set_elsewhere(partial(self._name, other))

    async def cross_soon(self) -> None:
        """Enter the second network now if that is quick; go on looking in any case."""
        if self._crossing is None:
            self._crossing = asyncio.create_task(self._keep_crossed())
        missing = [driver for driver in self._both if not driver.contacts()]
        if len(missing) == 1:
            with contextlib.suppress(TimeoutError, SeattleError):
                async with asyncio.timeout(BRIDGE_S):
                    await self._cross_to(missing[0])

    async def close(self) -> None:
        """Stop looking for ways across."""
        if self._crossing is not None:
            self._crossing.cancel()
            await asyncio.gather(self._crossing, return_exceptions=True)

    async def _keep_crossed(self) -> None:
        """See to it that both networks are entered, and that neither is in pieces."""
        attempt = 0
        while True:
            whole = all(driver.contacts() for driver in self._both)
            attempt = len(LOOK_AGAIN_S) if whole else attempt + 1
            await asyncio.sleep(MERGE_S if whole else LOOK_AGAIN_S[min(attempt, 4) - 1])
            for driver in self._both:
                with contextlib.suppress(SeattleError):
                    await self._cross_to(driver)

    def _look_at_addresses(self) -> None:
        for driver in self._both:
            self._at[driver.family] = _best(driver.own_endpoints())

    def _leads_as_far(self, driver: UdpDriver) -> bool:
        """Whether a family leads beyond this machine, if the other does.

        Where it does not, its loopback is no address to name, and no way to others.
        """
        beyond = {
            f: at is not None and _nearness(at.host) < _MACHINE for f, at in self._at.items()
        }
        return beyond[driver.family] or not any(beyond.values())

    def _name(self, driver: UdpDriver, target: int, count: int) -> list[Peer]:
        """Whom to name to who asks for that family: ourselves over there, then contacts."""
        contacts = driver.node.closest(target, max(count - 1, 0))
        if driver.role is Role.CLIENT or count < 1 or not self._leads_as_far(driver):
            return contacts
        at = driver.seen_at or self._at[driver.family]
        return [Peer(driver.id, at), *contacts] if at else contacts

    async def _cross_to(self, driver: UdpDriver) -> None:
        """Have the other network's peers name peers in this one, and join through those."""
        other = next(one for one in self._both if one is not driver)
        known = set(driver.peers())
        self._look_at_addresses()
        if not self._leads_as_far(driver):
            return
        named = await other.look_elsewhere(driver.family)
        ways = [peer.endpoint for peer in named if peer.endpoint not in known]
        if not ways:
            return
        await driver.join(ways)
        _log.debug("crossed", extra={"family": driver.family})
        if not known and driver.contacts():
            await self._on_entered(driver)


def _best(own: Iterable[Endpoint]) -> Endpoint | None:
    """Which of our own endpoints to name to others: one of the world if there is one."""
    usable = [one for one in own if not ipaddress.ip_address(one.host).is_link_local]
    return min(usable, key=lambda one: _nearness(one.host), default=None)


_WORLD, _PRIVATE, _MACHINE, _CABLE = range(4)


def _nearness(host: str) -> int:
    """From how far an address is reached."""
    address = ipaddress.ip_address(host)
    if address.is_link_local:
        return _CABLE
    if address.is_loopback:
        return _MACHINE
    return _WORLD if address.is_global else _PRIVATE
