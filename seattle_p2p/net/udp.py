"""An overlay node on UDP sockets: its requests as awaitables.

IPv4 and IPv6 have a socket each, on the same port. A caller that is cancelled or loses patience
gives its request up in the core, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence

from seattle_p2p.errors import Unreachable
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.net.engine import Engine
from seattle_p2p.net.sockets import Seed, bind, own_endpoints, resolve
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.core import (
    AdvertFound,
    AdvertsRead,
    Confirmed,
    Event,
    Joined,
    JoinFailed,
    LookedUp,
    Overlay,
    PeersElsewhere,
    Pinged,
    Published,
    Role,
    Statistics,
    Withdrawn,
)
from seattle_p2p.overlay.views import TableView
from seattle_p2p.wire.adverts import Advert

FAREWELL_S = 2.0
"""Longest time that closing spends on withdrawing adverts; holders forget them anyway."""


class UdpDriver:
    """An overlay node on real sockets. Make one with `open`, end it with `close`.

    Attributes:
        engine: Moves bytes and time for the core.
    """

    def __init__(self, node: Overlay) -> None:
        self.engine = Engine(node)
        self._published: dict[PublicKey, None] = {}
        self._closed = False

    @classmethod
    async def open(cls, node: Overlay, host: str, port: int) -> UdpDriver:
        """Bind the socket and begin to serve.

        Args:
            node: A core not driven by anybody else.
            host: Address to bind, or ``::`` for all of both families, ``0.0.0.0`` for IPv4.
            port: 1 to 65535, or 0 for any free one.

        Raises:
            OSError: the address is not this machine's, or the port is taken.
        """
        return await cls.serve(node, bind(host, port))

    @classmethod
    async def serve(
        cls, node: Overlay, sockets: Iterable[tuple[int, socket.socket]]
    ) -> UdpDriver:
        """Begin to serve on sockets that are bound, as `bind` gives them; they are ours now."""
        driver = cls(node)
        try:
            for family, sock in sockets:
                await driver.engine.serve(family, sock)
        except BaseException:
            await driver.close()
            raise
        node.set_local_endpoints(driver.own_endpoints())
        return driver

    @property
    def node(self) -> Overlay:
        """The core that is driven."""
        return self.engine.node

    @property
    def on_event(self) -> Callable[[Event], None] | None:
        """Is called with every event that answers no request: a role found, a renewal done."""
        return self.engine.on_event

    @on_event.setter
    def on_event(self, call: Callable[[Event], None] | None) -> None:
        self.engine.on_event = call

    @property
    def send_errors(self) -> int:
        """Datagrams the system refused to send, or said that nobody took."""
        return self.engine.send_errors

    def reached_also_at(self, endpoints: Iterable[Endpoint]) -> None:
        """Say where a socket of ours is reached through a forwarded port: ours as well."""
        self.node.set_local_endpoints([*self.own_endpoints(), *endpoints])

    @property
    def endpoint(self) -> Endpoint:
        """Where the (first) socket is bound; the host may be ``::`` or ``0.0.0.0``."""
        return self.engine.endpoints[0]

    @property
    def endpoints(self) -> list[Endpoint]:
        """Where every socket is bound."""
        return list(self.engine.endpoints)

    @property
    def family(self) -> int:
        """Of the (first) socket: 1 IPv4, 2 IPv6."""
        return self.endpoint.family

    @property
    def id(self) -> int:
        """The node's identifier."""
        return self.node.id

    @property
    def public(self) -> PublicKey:
        """The node's key."""
        return self.node.public

    @property
    def role(self) -> Role:
        """What peers that dialled back found this node to be."""
        return self.node.role

    @property
    def seen_at(self) -> Endpoint | None:
        """Where most peers see this node; None while nobody has said."""
        return self.node.seen_at

    def peers(self) -> list[Endpoint]:
        """Peers worth remembering for the next start, longest known first."""
        return [peer.endpoint for peer in self.node.peers()]

    def contacts(self) -> list[Peer]:
        """The same, with their ids."""
        return self.node.peers()

    def own_endpoints(self) -> list[Endpoint]:
        """Every address of this machine at which a socket of ours is reached."""
        return own_endpoints(self.engine.endpoints)

    def statistics(self) -> Statistics:
        """What the core counted so far."""
        return self.node.statistics()

    def tables(self) -> list[TableView]:
        """The routing table, for people who look inside; one for each family driven apart."""
        return [self.node.view_table(time.monotonic_ns())]

    async def join(self, seeds: Sequence[Seed], *, timeout_s: float = 30.0) -> Joined:
        """Enter the network through any of `seeds`; without any, be the first node of one.

        A seed that names a key must prove it; another node at its address is no way in.

        Raises:
            Unreachable: none of them answered in time, or none has an address.
        """
        found = await resolve(seeds)
        endpoints = [one for one in found if one.family in self.engine.transports]
        ids = {one: key.node_id for one in endpoints if (key := found[one]) is not None}
        if seeds and not endpoints:
            raise Unreachable(
                "none of the peers to join through has an address we can use",
                hint="check their names, and whether they are IPv6 and this machine is not",
            )
        event = await self.engine.answer(
            lambda now: self.node.join(endpoints, now, ids=ids), timeout_s
        )
        if isinstance(event, JoinFailed) and event.impostors:
            raise Unreachable(
                "nobody proved to hold the key named for "
                + ", ".join(map(str, event.impostors[:4])),
                hint="was the address copied whole? that machine may have a new key by now",
            )
        if not isinstance(event, Joined):
            raise Unreachable(
                f"none of {len(endpoints)} peers to join through answered: "
                + ", ".join(map(str, endpoints[:4])),
                hint="is one of them running, with the same network name? try another peer",
            )
        return event

    def meet(self, endpoints: Iterable[Endpoint]) -> None:
        """Offer the table peers of another time, those of our families."""
        usable = [one for one in endpoints if one.family in self.engine.transports]
        self.node.meet(usable, time.monotonic_ns())
        self.engine.carry_out()

    async def look_up(self, target: int, *, timeout_s: float = 30.0) -> tuple[Peer, ...]:
        """The live peers closest to `target`, best first.

        Raises:
            Unreachable: it took longer than `timeout_s`.
        """
        event = await self.engine.answer(lambda now: self.node.look_up(target, now), timeout_s)
        assert isinstance(event, LookedUp)
        return event.peers

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
        adverts: dict[PublicKey, Advert] = {}
        end: AdvertsRead | None = None
        events = self.watch_adverts(person, confirm=confirm)
        try:
            async with asyncio.timeout(timeout_s), contextlib.aclosing(events):
                async for event in events:
                    if isinstance(event, AdvertFound):
                        adverts[event.advert.node] = event.advert
                    else:
                        end = event
        except TimeoutError:
            pass
        return list(adverts.values()), end or AdvertsRead(
            found=len(adverts), dead=0, holders=0, complete=False, one_source=False
        )

    async def watch_adverts(
        self, person: PublicKey, *, confirm: bool = True, enough: int = 0
    ) -> AsyncGenerator[AdvertFound | AdvertsRead, None]:
        """Each advert as soon as it is known, then one `AdvertsRead`.

        Ends early once `enough` came, unless that is 0. Close it when done before its end.
        """
        async with self.engine.request(
            lambda now: self.node.find_adverts(person, now, confirm=confirm, enough=enough)
        ) as answers:
            while True:
                event = await answers.get()
                if isinstance(event, AdvertFound | AdvertsRead):
                    yield event
                if isinstance(event, AdvertsRead):
                    return

    async def publish(
        self,
        person: PublicKey,
        *,
        overlay: Sequence[Endpoint],
        commands: Sequence[Endpoint],
        sequence: int = 0,
        timeout_s: float = 30.0,
    ) -> Published:
        """Advertise this node under `person` until `withdraw` or `close`.

        Renewals go on by themselves, also when the first round fails.

        Raises:
            Unreachable: nobody took the advert, or it took longer than `timeout_s`.
        """
        self._published[person] = None
        event = await self.engine.answer(
            lambda now: self.node.publish(
                person, now, overlay=overlay, commands=commands, sequence=sequence
            ),
            timeout_s,
        )
        assert isinstance(event, Published)
        if not event.holders:
            raise Unreachable(
                f"nobody took the advert ({event.refused} peers refused it)",
                hint="join the network first; it is tried again at the next renewal",
            )
        return event

    async def withdraw(self, person: PublicKey, *, timeout_s: float = 10.0) -> Withdrawn:
        """Stop advertising under `person`.

        Raises:
            Unreachable: it took longer than `timeout_s`; nothing is renewed all the same.
        """
        self._published.pop(person, None)
        event = await self.engine.answer(lambda now: self.node.withdraw(person, now), timeout_s)
        assert isinstance(event, Withdrawn)
        return event

    async def confirm(self, advert: Advert, *, timeout_s: float = 10.0) -> bool:
        """Whether the advert's node proves just now that it lives."""
        try:
            event = await self.engine.answer(
                lambda now: self.node.confirm(advert, now), timeout_s
            )
        except Unreachable:
            return False
        return isinstance(event, Confirmed) and event.alive

    async def ping(self, endpoint: Endpoint, *, timeout_s: float = 10.0) -> Pinged:
        """Ask whoever is at `endpoint` for a sign of life.

        Raises:
            Unreachable: it took longer than `timeout_s`.
        """
        event = await self.engine.answer(lambda now: self.node.ping(endpoint, now), timeout_s)
        assert isinstance(event, Pinged)
        return event

    async def look_elsewhere(self, families: int, *, timeout_s: float = 10.0) -> Sequence[Peer]:
        """Peers of another address family, as ours name them: hearsay.

        Raises:
            Unreachable: it took longer than `timeout_s`.
        """
        event = await self.engine.answer(
            lambda now: self.node.look_elsewhere(families, now), timeout_s
        )
        assert isinstance(event, PeersElsewhere)
        return event.peers

    async def close(self) -> None:
        """Withdraw what is advertised, within 2 s, and free everything. May be repeated."""
        try:
            if self._published and not self._closed:
                persons = list(self._published)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(FAREWELL_S), asyncio.TaskGroup() as group:
                        for person in persons:
                            group.create_task(self._withdraw_quietly(person))
        finally:
            self._closed = True
            await self.engine.stop()

    async def _withdraw_quietly(self, person: PublicKey) -> None:
        with contextlib.suppress(Unreachable):
            await self.withdraw(person, timeout_s=FAREWELL_S)
