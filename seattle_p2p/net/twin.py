"""A node on IPv4 and IPv6 at once: a core in each network under one key, driven as one.

Each address family is a complete overlay of its own (see `overlay.elsewhere`). Whoever has both
takes part in both: adverts go to the holders of each, what is read comes from the holders of
each, and peers of the one are asked for ways into the other.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence

import msgspec

from seattle_p2p.errors import Unreachable
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.net.answers_of_both import Answer, first_good, good, one_reading
from seattle_p2p.net.bridge import Bridge
from seattle_p2p.net.sockets import Seed, bind, resolve
from seattle_p2p.net.udp import UdpDriver
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.core import (
    AdvertFound,
    AdvertsRead,
    Event,
    Joined,
    Overlay,
    Pinged,
    Published,
    Role,
    Statistics,
    Withdrawn,
)
from seattle_p2p.overlay.views import TableView
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.adverts import Advert


async def open_driver(
    make: Callable[[], Overlay], host: str, port: int
) -> UdpDriver | TwinDriver:
    """Open an overlay node on one address family, or on both.

    Args:
        make: Makes a core; all of one key and network.
        host: Address to bind, or ``::`` for all of both families, ``0.0.0.0`` for IPv4.
        port: 1 to 65535, or 0 for any free one; the same for both families.

    Raises:
        OSError: the address is not this machine's, or the port is taken.
    """
    sockets = bind(host, port)
    drivers: list[UdpDriver] = []
    try:
        for family, sock in sockets:
            drivers.append(await UdpDriver.serve(make(), [(family, sock)]))
    except BaseException:
        for driver in drivers:
            await driver.close()
        for _, sock in sockets:
            sock.close()
        raise
    return TwinDriver(*drivers) if len(drivers) == 2 else drivers[0]


class TwinDriver:
    """The same as `UdpDriver`, for a node on both families. Make one with `open_driver`.

    Args:
        four: Drives the core on IPv4.
        six: Drives the core on IPv6.
    """

    def __init__(self, four: UdpDriver, six: UdpDriver) -> None:
        self._both = (four, six)
        self._bridge = Bridge(four, six, self._on_entered)
        self._published: dict[PublicKey, Callable[[UdpDriver], Awaitable[Published]]] = {}

    @property
    def on_event(self) -> Callable[[Event], None] | None:
        """Is called with every event that answers no request."""
        return self._both[0].on_event

    @on_event.setter
    def on_event(self, call: Callable[[Event], None] | None) -> None:
        for driver in self._both:
            driver.on_event = call

    def reached_also_at(self, endpoints: Iterable[Endpoint]) -> None:
        """Say where a socket of ours is reached through a forwarded port: ours as well."""
        endpoints = list(endpoints)
        for driver in self._both:
            driver.reached_also_at(e for e in endpoints if e.family == driver.endpoint.family)

    @property
    def endpoint(self) -> Endpoint:
        """Where the IPv4 socket is bound."""
        return self._both[0].endpoint

    @property
    def endpoints(self) -> list[Endpoint]:
        """Where both sockets are bound."""
        return [driver.endpoint for driver in self._both]

    @property
    def id(self) -> int:
        """The node's identifier, the same in both networks."""
        return self._both[0].node.id

    @property
    def public(self) -> PublicKey:
        """The node's key, the same in both networks."""
        return self._both[0].public

    @property
    def role(self) -> Role:
        """What peers found this node to be; a server when strangers reach it on either."""
        roles = [driver.role for driver in self._both]
        known = [role for role in (Role.SERVER, Role.CLIENT) if role in roles]
        return known[0] if known else Role.UNKNOWN

    @property
    def seen_at(self) -> Endpoint | None:
        """Where most peers see this node, on IPv4 if any do: addresses are translated there."""
        return self._both[0].seen_at or self._both[1].seen_at

    def peers(self) -> list[Endpoint]:
        """Peers worth remembering, of both networks in turn."""
        return [peer.endpoint for peer in self.contacts()]

    def contacts(self) -> list[Peer]:
        """Contacts of both tables, in turn: a node on both families stands in both."""
        four, six = (driver.contacts() for driver in self._both)
        shorter = min(len(four), len(six))
        mixed = [peer for pair in zip(four, six, strict=False) for peer in pair]
        return [*mixed, *four[shorter:], *six[shorter:]]

    def statistics(self) -> Statistics:
        """What both cores counted; a node known on both families counts in each."""
        four, six = (driver.statistics() for driver in self._both)
        sums = {
            name: getattr(four, name) + getattr(six, name)
            for name in Statistics.__struct_fields__
            if name not in ("role", "counts", "size_estimate", "published")
        }
        names = sorted({*four.counts, *six.counts})
        return msgspec.structs.replace(
            four,
            role=self.role,
            size_estimate=max(four.size_estimate, six.size_estimate),
            published=max(four.published, six.published),
            counts={n: four.counts.get(n, 0) + six.counts.get(n, 0) for n in names},
            **sums,
        )

    def tables(self) -> list[TableView]:
        """The routing tables of both networks, for people who look inside."""
        return [table for driver in self._both for table in driver.tables()]

    async def join(self, seeds: Sequence[Seed], *, timeout_s: float = 30.0) -> Joined:
        """Enter the network through any of `seeds`, on both families as far as they lead.

        Raises:
            Unreachable: none of them answered in time, or none has an address.
        """
        if not seeds:
            ways: list[Sequence[Seed]] = [(), ()]
        else:
            found = await resolve(seeds)
            ways = [_of_family(driver.family, found) for driver in self._both]
        tried = [
            driver.join(way, timeout_s=timeout_s)
            for driver, way in zip(self._both, ways, strict=True)
            if way or not seeds
        ]
        if not tried:
            raise Unreachable(
                "none of the peers to join through has an address",
                hint="check their names; is this machine connected?",
            )
        joined = await first_good(tried)
        await self._bridge.cross_soon()
        peers = len({peer.id for peer in self.contacts()})
        return msgspec.structs.replace(joined, peers=peers, role=self.role)

    def meet(self, endpoints: Iterable[Endpoint]) -> None:
        """Offer the tables peers of another time."""
        endpoints = list(endpoints)
        for driver in self._both:
            driver.meet(endpoints)

    async def look_up(self, target: int, *, timeout_s: float = 30.0) -> tuple[Peer, ...]:
        """The live peers closest to `target` in both networks, best first, each once."""
        answers = await self._ask(lambda d: d.look_up(target, timeout_s=timeout_s))
        nearest = {peer.id: peer for peers in answers for peer in peers}
        longest = max(len(peers) for peers in answers)
        return tuple(sorted(nearest.values(), key=lambda peer: peer.id ^ target)[:longest])

    async def find_adverts(
        self, person: PublicKey, *, timeout_s: float = 30.0, confirm: bool = True
    ) -> list[Advert]:
        """Adverts of the nodes that advertise under `person`, each confirmed alive just now."""
        adverts, _ = await self.read_adverts(person, timeout_s=timeout_s, confirm=confirm)
        return adverts

    async def read_adverts(
        self, person: PublicKey, *, timeout_s: float = 30.0, confirm: bool = True
    ) -> tuple[list[Advert], AdvertsRead]:
        """The same, and how far to trust that it is all; what was found when time is up."""
        answers = await self._ask(
            lambda d: d.read_adverts(person, timeout_s=timeout_s, confirm=confirm)
        )
        adverts: dict[PublicKey, Advert] = {}
        for found, _ in answers:
            for advert in found:
                known = adverts.get(advert.node)
                if known is None or known.sequence < advert.sequence:
                    adverts[advert.node] = advert
        return list(adverts.values()), one_reading([end for _, end in answers], len(adverts))

    async def watch_adverts(
        self, person: PublicKey, *, confirm: bool = True, enough: int = 0
    ) -> AsyncGenerator[AdvertFound | AdvertsRead, None]:
        """Each advert as soon as either network has it, then one `AdvertsRead`."""
        news: asyncio.Queue[AdvertFound | AdvertsRead] = asyncio.Queue()

        async def watch(driver: UdpDriver) -> None:
            events = driver.watch_adverts(person, confirm=confirm, enough=enough)
            async with contextlib.aclosing(events):
                async for event in events:
                    news.put_nowait(event)

        watching = [asyncio.create_task(watch(driver)) for driver in self._entered()]
        told: dict[PublicKey, int] = {}
        ends: list[AdvertsRead] = []
        try:
            while len(ends) < len(watching) and not (enough and len(told) >= enough):
                event = await news.get()
                if isinstance(event, AdvertsRead):
                    ends.append(event)
                elif told.get(event.advert.node, -1) < event.advert.sequence:
                    told[event.advert.node] = event.advert.sequence
                    yield event
            yield one_reading(ends, len(told))
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)

    async def publish(
        self,
        person: PublicKey,
        *,
        overlay: Sequence[Endpoint],
        commands: Sequence[Endpoint],
        sequence: int = 0,
        timeout_s: float = 30.0,
    ) -> Published:
        """Advertise this node under `person` in both networks until `withdraw` or `close`.

        Raises:
            Unreachable: nobody took the advert in either, or it took longer than `timeout_s`.
        """

        def publish(driver: UdpDriver) -> Awaitable[Published]:
            return driver.publish(
                person,
                overlay=overlay,
                commands=commands,
                sequence=sequence,
                timeout_s=timeout_s,
            )

        self._published[person] = publish
        done = good(await asyncio.gather(*map(publish, self._both), return_exceptions=True))
        return msgspec.structs.replace(
            done[0],
            holders=sum(one.holders for one in done),
            refused=sum(one.refused for one in done),
        )

    async def withdraw(self, person: PublicKey, *, timeout_s: float = 10.0) -> Withdrawn:
        """Stop advertising under `person`.

        Raises:
            Unreachable: it took longer than `timeout_s`; nothing is renewed all the same.
        """
        self._published.pop(person, None)
        outcomes = await asyncio.gather(
            *(driver.withdraw(person, timeout_s=timeout_s) for driver in self._both),
            return_exceptions=True,
        )
        done = good(outcomes)
        return msgspec.structs.replace(done[0], holders=sum(one.holders for one in done))

    async def confirm(self, advert: Advert, *, timeout_s: float = 10.0) -> bool:
        """Whether the advert's node proves just now that it lives, on either family."""
        return any(await self._ask(lambda d: d.confirm(advert, timeout_s=timeout_s)))

    async def ping(self, endpoint: Endpoint, *, timeout_s: float = 10.0) -> Pinged:
        """Ask whoever is at `endpoint` for a sign of life.

        Raises:
            Unreachable: it took longer than `timeout_s`.
        """
        driver = next(d for d in self._both if d.family == endpoint.family)
        return await driver.ping(endpoint, timeout_s=timeout_s)

    async def close(self) -> None:
        """Withdraw what is advertised, within 2 s, and free everything. May be repeated."""
        await self._bridge.close()
        await asyncio.gather(*(driver.close() for driver in self._both))

    async def _on_entered(self, driver: UdpDriver) -> None:
        """What was published before has reached nobody in the network just entered."""
        published = list(self._published.values())
        await asyncio.gather(*(one(driver) for one in published), return_exceptions=True)

    def _entered(self) -> list[UdpDriver]:
        """Those in whose network there is anybody; both when neither has met anyone."""
        return [driver for driver in self._both if driver.contacts()] or list(self._both)

    async def _ask(self, ask: Callable[[UdpDriver], Awaitable[Answer]]) -> list[Answer]:
        """What those answer who have entered; an error only when it is the only answer."""
        outcomes = await asyncio.gather(*map(ask, self._entered()), return_exceptions=True)
        return good(outcomes)


def _of_family(family: int, found: Mapping[Endpoint, PublicKey | None]) -> list[PeerAddress]:
    here = [one for one in found if one.family == family]
    return [PeerAddress(one.host, one.port, found[one]) for one in here]
