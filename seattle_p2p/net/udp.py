"""Drives an overlay core from UDP sockets, and turns its requests into awaitables.

IPv4 and IPv6 have a socket each, on the same port. The driver owns no tasks: datagrams and the
alarm call into the core from the loop, and whoever awaits a request is told from there. A
caller that is cancelled or loses patience gives its request up in the core, too.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from typing import Any, Protocol

import psutil

from seattle_p2p.errors import Unreachable, UsageError
from seattle_p2p.identity.keys import PublicKey
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
from seattle_p2p.wire.endpoints import endpoint as make_endpoint

_log = logging.getLogger(__name__)

FAREWELL_S = 2.0
"""Longest time that closing spends on withdrawing adverts; holders forget them anyway."""
STALLED_S = 0.05
"""An alarm later than this says that the process did not run: a loaded or sleeping machine."""
LONGEST_EXCUSE_S = 0.3
"""Longest time that answers are waited for after such a stall."""
_RECEIVE_BUFFER_BYTES = 1 << 20
_LARGEST_READ_BYTES = 2048
"""More than any overlay datagram has, so that longer ones are seen to be too long."""
_PORT_ATTEMPTS = 16
_ANYWHERE = {"", "::", "0.0.0.0"}


class Seed(Protocol):
    """Where to join: an `Endpoint`, or a `PeerAddress` whose host may be a name."""

    @property
    def host(self) -> str:
        """Address literal or name."""

    @property
    def port(self) -> int:
        """UDP port."""


class UdpDriver:
    """An overlay node on real sockets. Make one with `open`, end it with `close`.

    Attributes:
        node: The core that is driven.
        on_event: Is called with every event that answers no request: the node's role was
            found, a renewal was done.
    """

    def __init__(self, node: Overlay) -> None:
        self.node = node
        self.on_event: Callable[[Event], None] | None = None
        self._loop = asyncio.get_running_loop()
        self._transports: dict[int, asyncio.DatagramTransport] = {}
        self._sockets: list[_Socket] = []
        self._endpoints: list[Endpoint] = []
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_due = 0.0
        self._excused = False
        self._alarm_deadline: int | None = None
        self._waiting: dict[int, asyncio.Queue[Event]] = {}
        self._published: dict[PublicKey, None] = {}
        self._closed = False
        self.send_errors = 0
        """Datagrams the system refused to send, or said that nobody took."""

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
                await driver._serve(family, sock)
        except BaseException:
            await driver.close()
            raise
        node.set_local_endpoints(driver.own_endpoints())
        return driver

    def reached_also_at(self, endpoints: Iterable[Endpoint]) -> None:
        """Say where a socket of ours is reached through a forwarded port: ours as well."""
        self.node.set_local_endpoints([*self.own_endpoints(), *endpoints])

    @property
    def endpoint(self) -> Endpoint:
        """Where the (first) socket is bound; the host may be ``::`` or ``0.0.0.0``."""
        return self._endpoints[0]

    @property
    def endpoints(self) -> list[Endpoint]:
        """Where every socket is bound."""
        return list(self._endpoints)

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
        own: dict[Endpoint, None] = {}
        for bound in self._endpoints:
            if bound.host not in _ANYWHERE:
                own[bound] = None
                continue
            wanted = socket.AF_INET6 if bound.family == 2 else socket.AF_INET
            for addresses in psutil.net_if_addrs().values():
                for address in addresses:
                    if address.family == wanted:
                        own[make_endpoint(address.address, bound.port)] = None
        return list(own)

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
        endpoints = [one for one in found if one.family in self._transports]
        ids = {one: key.node_id for one in endpoints if (key := found[one]) is not None}
        if seeds and not endpoints:
            raise Unreachable(
                "none of the peers to join through has an address we can use",
                hint="check their names, and whether they are IPv6 and this machine is not",
            )
        event = await self._answer(
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
        usable = [one for one in endpoints if one.family in self._transports]
        self.node.meet(usable, time.monotonic_ns())
        self._carry_out()

    async def look_up(self, target: int, *, timeout_s: float = 30.0) -> tuple[Peer, ...]:
        """The live peers closest to `target`, best first.

        Raises:
            Unreachable: it took longer than `timeout_s`.
        """
        event = await self._answer(lambda now: self.node.look_up(target, now), timeout_s)
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
        async with self._request(
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
        event = await self._answer(
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
        event = await self._answer(lambda now: self.node.withdraw(person, now), timeout_s)
        assert isinstance(event, Withdrawn)
        return event

    async def confirm(self, advert: Advert, *, timeout_s: float = 10.0) -> bool:
        """Whether the advert's node proves just now that it lives."""
        try:
            event = await self._answer(lambda now: self.node.confirm(advert, now), timeout_s)
        except Unreachable:
            return False
        return isinstance(event, Confirmed) and event.alive

    async def ping(self, endpoint: Endpoint, *, timeout_s: float = 10.0) -> Pinged:
        """Ask whoever is at `endpoint` for a sign of life.

        Raises:
            Unreachable: it took longer than `timeout_s`.
        """
        event = await self._answer(lambda now: self.node.ping(endpoint, now), timeout_s)
        assert isinstance(event, Pinged)
        return event

    async def look_elsewhere(self, families: int, *, timeout_s: float = 10.0) -> Sequence[Peer]:
        """Peers of another address family, as ours name them: hearsay.

        Raises:
            Unreachable: it took longer than `timeout_s`.
        """
        event = await self._answer(
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
            if self._alarm is not None:
                self._alarm.cancel()
                self._alarm = None
            for transport in self._transports.values():
                transport.close()
            for one in self._sockets:
                await one.lost
            self._transports.clear()

    # From the sockets and the loop

    def on_datagram(self, data: bytes, source: Endpoint) -> None:
        """A socket has received a datagram."""
        self.node.receive_datagram(data, source, time.monotonic_ns())
        self._carry_out()

    def _ring(self) -> None:
        alarm, self._alarm = self._alarm, None
        late = self._loop.time() - self._alarm_due if alarm is not None else 0.0
        if late > STALLED_S and not self._excused:
            # This process was kept from running: answers that wait in the sockets come first,
            # or it would take its peers for silent.
            self._excused = True
            self._alarm_due = self._loop.time() + min(late, LONGEST_EXCUSE_S)
            self._alarm = self._loop.call_at(self._alarm_due, self._ring)
            return
        self._excused = False
        self.node.handle_timer(time.monotonic_ns())
        self._carry_out()

    def _carry_out(self) -> None:
        """Do the three things the core's contract asks of a driver after each call."""
        for data, endpoint in self.node.datagrams_to_send():
            transport = self._transports.get(endpoint.family)
            if transport is None or transport.is_closing():
                self.send_errors += 1
            else:
                transport.sendto(data, endpoint)
        for event in self.node.events():
            self._hand_on(event)
        self._set_alarm()

    def _hand_on(self, event: Event) -> None:
        answers = self._waiting.get(event.request)
        if answers is not None:
            answers.put_nowait(event)
        elif self.on_event is not None and not event.request:
            self.on_event(event)

    def _set_alarm(self) -> None:
        """Have the loop call when the core wants it; an alarm that is early enough stays."""
        if self._excused and self._alarm is not None:
            return
        deadline = self.node.deadline
        if deadline == self._alarm_deadline and self._alarm is not None:
            return
        wait = self.node.next_timer()
        if wait is None or self._closed:
            return
        self._alarm_deadline = deadline
        due = self._loop.time() + wait
        if self._alarm is not None:
            if self._alarm_due <= due:
                return
            self._alarm.cancel()
        # Kept here, for not every loop's handles know when they are due.
        self._alarm_due = due
        self._alarm = self._loop.call_at(due, self._ring)

    # For callers

    @contextlib.asynccontextmanager
    async def _request(
        self, begin: Callable[[int], int]
    ) -> AsyncGenerator[asyncio.Queue[Event], None]:
        """Begin a request of the core; its events come in the queue; given up at the end."""
        if self._closed:
            raise Unreachable("this node has left the overlay")
        number = begin(time.monotonic_ns())
        answers: asyncio.Queue[Event] = asyncio.Queue()
        self._waiting[number] = answers
        try:
            self._carry_out()
            yield answers
        finally:
            del self._waiting[number]
            self.node.cancel(number, time.monotonic_ns())
            self._carry_out()

    async def _answer(self, begin: Callable[[int], int], timeout_s: float) -> Event:
        """The one event that answers a request."""
        try:
            async with asyncio.timeout(timeout_s), self._request(begin) as answers:
                return await answers.get()
        except TimeoutError:
            raise Unreachable(
                f"the overlay did not answer within {timeout_s:g} s",
                hint="try again; is this machine connected?",
            ) from None

    async def _withdraw_quietly(self, person: PublicKey) -> None:
        with contextlib.suppress(Unreachable):
            await self.withdraw(person, timeout_s=FAREWELL_S)

    # Opening

    async def _serve(self, family: int, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        host, port = sock.getsockname()[:2]
        transport, protocol = await self._loop.create_datagram_endpoint(
            lambda: _Socket(self), sock=sock
        )
        if hasattr(transport, "max_size"):
            # Else asyncio has the system fill a fresh buffer of 256 KiB for each datagram.
            transport.max_size = _LARGEST_READ_BYTES
        self._transports[family] = transport
        self._sockets.append(protocol)
        self._endpoints.append(Endpoint(host, port))


class _Socket(asyncio.DatagramProtocol):
    """One socket's end of the driver."""

    def __init__(self, driver: UdpDriver) -> None:
        self._driver = driver
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._driver.on_datagram(data, Endpoint(addr[0].partition("%")[0], addr[1]))

    def error_received(self, exc: Exception) -> None:
        self._driver.send_errors += 1

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(None)


async def resolve(seeds: Iterable[Seed]) -> dict[Endpoint, PublicKey | None]:
    """Addresses of the seeds, each with the key that must be there, if one is named.

    Names are looked up; those that lead nowhere are left out.
    """
    found: dict[Endpoint, PublicKey | None] = {}
    for seed in seeds:
        key: PublicKey | None = getattr(seed, "key", None)
        try:
            found[make_endpoint(seed.host, seed.port)] = key
            continue
        except UsageError:
            pass
        loop = asyncio.get_running_loop()
        try:
            answers = await loop.getaddrinfo(seed.host, seed.port, type=socket.SOCK_DGRAM)
        except OSError:
            _log.warning("a seed's name leads nowhere", extra={"host": seed.host})
            continue
        for answer in answers:
            found[make_endpoint(str(answer[4][0]), seed.port)] = key
    return found


def bind(host: str, port: int) -> list[tuple[int, socket.socket]]:
    """Sockets for `host`: one, or one of each family on the same port.

    Raises:
        OSError: not possible.
    """
    if host not in ("", "::"):
        family = 2 if isinstance(ipaddress.ip_address(host), ipaddress.IPv6Address) else 1
        return [(family, _bound(family, host, port))]
    if not socket.has_ipv6:
        return [(1, _bound(1, "0.0.0.0", port))]
    for left in reversed(range(_PORT_ATTEMPTS)):
        first = _bound(1, "0.0.0.0", port)
        try:
            return [(1, first), (2, _bound(2, "::", first.getsockname()[1]))]
        except OSError:
            if not _ipv6_works():
                return [(1, first)]
            first.close()
            if port or not left:
                raise
    raise AssertionError("the last attempt returns or raises")


def _bound(family: int, host: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if family == 2 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        if family == 2:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    return sock


def _ipv6_works() -> bool:
    try:
        _bound(2, "::", 0).close()
    except OSError:
        return False
    return True
