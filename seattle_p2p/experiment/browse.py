"""From a person's key to the nodes that hold vessels for it, by asking the overlay.

The researcher joins as a client for as long as the question takes: it asks, stands in
nobody's table, and holds nothing. Only nodes that answer just then are returned.
"""

import os
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from seattle_p2p.errors import SeattleError, Unreachable, UsageError
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.identity.keystore import generate
from seattle_p2p.net.lan import search_lan
from seattle_p2p.net.twin import TwinDriver, open_driver
from seattle_p2p.net.udp import UdpDriver
from seattle_p2p.overlay.core import AdvertsRead, Role
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.overlay.params import Params
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.adverts import Advert

Driver = UdpDriver | TwinDriver

LAN_S = 3.0
"""How long the local network is listened to; nodes answer within a second."""
MAX_PEERS = 32
"""Peers handed back to be remembered."""


@dataclass(frozen=True)
class Found:
    """What the overlay knows of a person.

    Args:
        adverts: One for each node that advertises under the key and has just answered.
        peers: Peers met on the way, ``HOST:PORT``: ways in for the next time.
        warnings: Why there might be more than was found.
    """

    adverts: tuple[Advert, ...]
    peers: tuple[str, ...]
    warnings: tuple[str, ...]


async def find_nodes(
    person: PublicKey,
    *,
    network: str,
    contacts: Sequence[PeerAddress],
    timeout_s: float,
    paths: int = 1,
) -> Found:
    """Ask the overlay who advertises under `person`.

    Args:
        contacts: Any nodes of the network, to join through.
        timeout_s: Longest time for all of it.
        paths: Ways through the network that share no peer; with several, one liar on the way
            hides nothing, and is warned of.

    Raises:
        Unreachable: none of `contacts` answered in time.
    """
    async with joined(network, contacts, timeout_s, paths) as (driver, warnings):
        adverts, read = await driver.read_adverts(person, timeout_s=timeout_s)
        warnings += doubts_about(read, driver)
        return Found(tuple(adverts), _peers(driver), tuple(warnings))


async def find_nodes_by(
    ways: Sequence[Sequence[PeerAddress]],
    person: PublicKey,
    *,
    network: str,
    lan: bool,
    timeout_s: float,
    paths: int = 1,
) -> Found:
    """The same through the first of several ways in that leads anywhere.

    Args:
        ways: Contacts to try together; the next only when none of these answers.
        lan: Whether the local network is asked last.
        paths: As for `find_nodes`.

    Raises:
        Unreachable: no contact answered.
        UsageError: there is no contact.
    """
    problem: SeattleError | None = None
    async for contacts in _in_turn(ways, network, lan):
        try:
            found = await find_nodes(
                person,
                network=network,
                contacts=contacts,
                timeout_s=timeout_s,
                paths=paths,
            )
        except Unreachable as reason:
            problem = problem or reason
            continue
        return _with_doubt(found, problem)
    raise problem or UsageError(
        "no way into the network is known yet",
        hint="name any node of it: seattle browse --contact HOST:PORT"
        + ("" if lan else "; or ask your local network: --lan"),
    )


async def _in_turn(
    ways: Sequence[Sequence[PeerAddress]], network: str, lan: bool
) -> AsyncIterator[Sequence[PeerAddress]]:
    """Contacts to try together, those that are there; neighbours are looked for when it is
    their turn."""
    for contacts in filter(None, ways):
        yield contacts
    if lan:
        neighbours = await search_lan(network, wait_s=LAN_S)
        if neighbours:
            yield [PeerAddress(one.host, one.port) for one in neighbours]


def _with_doubt(found: Found, problem: SeattleError | None) -> Found:
    if problem is None:
        return found
    doubt = f"{problem.message}; came in through others"
    return Found(found.adverts, found.peers, (doubt, *found.warnings))


def doubts_about(read: AdvertsRead, driver: Driver) -> list[str]:
    """Why there may be more under a key than was read."""
    doubts = []
    if read.one_source:
        doubts.append(
            f"all answers came through one peer, {', '.join(_peers(driver)) or 'unnamed'}: "
            "it may have kept vessels from you; name another --contact to be sure"
        )
    if read.alarm:
        doubts.append("peers disagree about who is closest: somebody may be lying")
    if not read.complete:
        doubts.append("not all peers answered: there may be more vessels than these")
    return doubts


async def look_in(
    contact: PeerAddress, *, network: str, timeout_s: float
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Join through `contact` alone and leave again; peers met, and what was not as it should.

    Raises:
        Unreachable: it did not answer in time.
    """
    async with joined(network, [contact], timeout_s) as (driver, warnings):
        return _peers(driver), tuple(warnings)


@asynccontextmanager
async def joined(
    network: str, contacts: Sequence[PeerAddress], timeout_s: float, paths: int = 1
) -> AsyncIterator[tuple[Driver, list[str]]]:
    """A client of the overlay that has joined through `contacts`, and what seems odd so far."""
    key = generate()

    def make() -> OverlayNode:
        return OverlayNode(
            key,
            network=network,
            rng=random.Random(os.urandom(16)),
            entropy=os.urandom,
            role=Role.CLIENT,
            params=Params(disjoint_paths=paths),
        )

    driver = await open_driver(make, "::", 0)
    try:
        await driver.join(contacts, timeout_s=timeout_s)
        yield driver, _impostors(driver, contacts)
    finally:
        await driver.close()


def _impostors(driver: Driver, contacts: Sequence[PeerAddress]) -> list[str]:
    """Contacts named with a key, where no peer proved to hold it."""
    proved = {(peer.id, peer.endpoint.port) for peer in driver.contacts()}
    return [
        f"nobody at {PeerAddress(contact.host, contact.port)} proved to hold the key "
        f"{contact.key.short}…: the way in may be another than you were told"
        for contact in contacts
        if contact.key and (contact.key.node_id, contact.port) not in proved
    ]


def _peers(driver: Driver) -> tuple[str, ...]:
    return tuple(str(endpoint) for endpoint in driver.peers()[:MAX_PEERS])
