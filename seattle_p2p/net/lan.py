"""Peers on the same LAN, found by multicast DNS when no seed answers (RFC 6762, RFC 6763).

Each node says on its own network: a node of the network with this hash is at these addresses,
at this UDP port. Its name there is drawn anew at every start and leads back to no key. What is
heard is a hint and no more: whoever is there has to prove its id like everybody else.

The library behind it, zeroconf, is an extra (`lan`), imported when this is used.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import os
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import psutil

from seattle_p2p.errors import LanUnavailable, UsageError
from seattle_p2p.wire.codec import network_hash
from seattle_p2p.wire.endpoints import Endpoint, endpoint

if TYPE_CHECKING:
    from zeroconf import ServiceStateChange, Zeroconf
    from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

_log = logging.getLogger(__name__)

SERVICE = "_seattle-p2p._udp.local."
"""Under which nodes of all networks are announced; which one is said in the record `n`."""
_NETWORK = b"n"
_LABEL_BYTES = 6
_RESOLVE_MS = 3000
_MOST_HEARD = 256
"""Endpoints that one LAN may tell us of in the life of a node: nobody fills our memory."""
_MOST_AT_ONCE = 16
"""Announcements looked into at a time."""

_Interface = ipaddress.IPv4Interface | ipaddress.IPv6Interface


class Lan:
    """What is heard on the LAN about one network. Make one with `on_lan`.

    Args:
        network: Name of the network.
        own_label: The name under which we announce ourselves; empty when we do not.
    """

    def __init__(self, network: str, own_label: str) -> None:
        self._hash = network_hash(network).hex().encode()
        self._own_name = f"{own_label}.{SERVICE}"
        self._heard: dict[Endpoint, None] = {}
        self._news: asyncio.Queue[Endpoint] = asyncio.Queue()
        self._looking: set[asyncio.Task[None]] = set()

    def peers(self) -> list[Endpoint]:
        """Everybody heard of so far."""
        return list(self._heard)

    async def next_peer(self) -> Endpoint:
        """Wait for somebody not heard of before."""
        return await self._news.get()

    def on_change(
        self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange
    ) -> None:
        """Somebody came, changed or went: the library's callback, in the loop's thread."""
        gone = state_change.name == "Removed"
        if gone or name == self._own_name or len(self._looking) >= _MOST_AT_ONCE:
            return
        looking = asyncio.get_running_loop().create_task(self._look(zeroconf, name))
        self._looking.add(looking)
        looking.add_done_callback(self._looking.discard)

    async def stop(self) -> None:
        """Look no further."""
        for looking in self._looking:
            looking.cancel()
        await asyncio.gather(*self._looking, return_exceptions=True)

    async def _look(self, zeroconf: Zeroconf, name: str) -> None:
        from zeroconf.asyncio import AsyncServiceInfo

        info = AsyncServiceInfo(SERVICE, name)
        if await info.async_request(zeroconf, _RESOLVE_MS):
            self.take(info)

    def take(self, info: AsyncServiceInfo) -> None:
        """Take in what somebody announced: untrusted, so only neighbours' own addresses."""
        if info.properties.get(_NETWORK) != self._hash or not info.port:
            return
        on_link = _networks()
        for text in info.parsed_addresses():
            host = text.partition("%")[0]
            if len(self._heard) >= _MOST_HEARD:
                return
            with contextlib.suppress(UsageError, ValueError):
                heard = endpoint(host, info.port)
                if heard not in self._heard and _is_neighbour(heard.host, on_link):
                    self._heard[heard] = None
                    self._news.put_nowait(heard)


@asynccontextmanager
async def on_lan(network: str, announced: Iterable[Endpoint] = ()) -> AsyncIterator[Lan]:
    """Listen on the LAN while the block runs, and say where we are.

    Args:
        network: Name of the network.
        announced: Where our overlay socket is bound; ``::`` stands for both families.
            Nothing is announced without any, or when all of them are loopback.

    Raises:
        LanUnavailable: the extra is not installed, or there is no network to ask.
    """
    bound = list(announced)
    label = os.urandom(_LABEL_BYTES).hex() if bound else ""
    multicast = _open()
    lan = Lan(network, label)
    try:
        async with _announcing(multicast, network, label, bound), _browsing(multicast, lan):
            yield lan
    finally:
        await multicast.async_close()


async def search_lan(network: str, *, wait_s: float) -> list[Endpoint]:
    """Who is on the LAN: for those who come and go, and announce nothing.

    Args:
        network: Name of the network.
        wait_s: How long to wait for the first; others that come with it are told, too.

    Raises:
        LanUnavailable: the extra is not installed, or there is no network to ask.
    """
    async with on_lan(network) as lan:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await lan.next_peer()
        return lan.peers()


def _open() -> AsyncZeroconf:
    """The library's sockets, one for each network and family.

    Raises:
        LanUnavailable: see `on_lan`.
    """
    try:
        from zeroconf import IPVersion
        from zeroconf.asyncio import AsyncZeroconf
    except ImportError as reason:
        raise LanUnavailable(
            "peers on the LAN cannot be looked for: the library is not installed",
            hint="pip install 'seattle-p2p[lan]'",
        ) from reason
    four, six = _speak_from(4), _speak_from(6)
    if not four and not six:
        raise LanUnavailable("this machine is on no network to ask")
    version = IPVersion.All if four and six else IPVersion.V4Only if four else IPVersion.V6Only
    logging.getLogger("zeroconf").setLevel(logging.ERROR)  # a network that goes is no news
    try:
        return AsyncZeroconf(interfaces=[*four, *six], ip_version=version)
    except (OSError, RuntimeError) as reason:
        raise LanUnavailable(f"this machine's networks cannot be asked: {reason}") from reason


def _speak_from(version: int) -> list[str]:
    """One address of ours on each network, of IP version 4 or 6; routable ones preferred."""
    found: dict[str, str] = {}
    candidates = [(name, one) for name, one in _addresses() if one.version == version]
    for name, one in sorted(candidates, key=lambda entry: entry[1].ip.is_link_local):
        if name not in found and _can_bind(name, one):
            found[name] = str(one.ip)
    return list(found.values())


def _can_bind(name: str, interface: _Interface) -> bool:
    """Whether the address is in use already: a new IPv6 one is checked for some seconds."""
    scope = socket.if_nametoindex(name) if interface.ip.is_link_local else 0
    where = (
        (str(interface.ip), 0) if interface.version == 4 else (str(interface.ip), 0, 0, scope)
    )
    family = socket.AF_INET if interface.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind(where)
    except OSError:
        return False
    return True


@asynccontextmanager
async def _announcing(
    multicast: AsyncZeroconf, network: str, label: str, bound: list[Endpoint]
) -> AsyncIterator[None]:
    addresses = _announced_addresses(bound)
    if not addresses:
        yield
        return
    from zeroconf.asyncio import AsyncServiceInfo

    info = AsyncServiceInfo(
        SERVICE,
        f"{label}.{SERVICE}",
        port=bound[0].port,
        addresses=addresses,
        properties={_NETWORK: network_hash(network).hex()},
        server=f"{label}.local.",
    )
    await multicast.async_register_service(info)
    _log.info("announced on the LAN", extra={"port": bound[0].port})
    yield


@asynccontextmanager
async def _browsing(multicast: AsyncZeroconf, lan: Lan) -> AsyncIterator[None]:
    from zeroconf.asyncio import AsyncServiceBrowser

    browser = AsyncServiceBrowser(multicast.zeroconf, SERVICE, handlers=[lan.on_change])
    try:
        yield
    finally:
        await browser.async_cancel()
        await lan.stop()


def may_announce(bound: Iterable[Endpoint]) -> bool:
    """Whether neighbours could reach any of these sockets: one is bound beyond loopback."""
    return any(not ipaddress.ip_address(one.host).is_loopback for one in bound)


def _announced_addresses(bound: Iterable[Endpoint]) -> list[bytes]:
    """Packed addresses at which neighbours reach sockets bound like this."""
    found: dict[bytes, None] = {}
    for one in bound:
        host = ipaddress.ip_address(one.host)
        if host.is_loopback:
            continue
        if not host.is_unspecified:
            found[host.packed] = None
            continue
        for interface in _networks():
            if interface.version <= host.version:
                found[interface.ip.packed] = None
    return list(found)


def _addresses() -> list[tuple[str, _Interface]]:
    """Names of interfaces and the addresses there; never loopback."""
    found = []
    for name, addresses in psutil.net_if_addrs().items():
        for address in addresses:
            interface = _interface(address)
            if interface is not None and not interface.ip.is_loopback:
                found.append((name, interface))
    return found


def _networks() -> list[_Interface]:
    """The networks whose addresses can be named to others."""
    return [interface for _, interface in _addresses() if not interface.ip.is_link_local]


def _interface(address: Any) -> _Interface | None:
    if address.family not in (socket.AF_INET, socket.AF_INET6) or not address.netmask:
        return None
    host = address.address.partition("%")[0]
    mask = address.netmask
    if address.family == socket.AF_INET6:
        mask = str(int(ipaddress.IPv6Address(mask)).bit_count())
    return ipaddress.ip_interface(f"{host}/{mask}")


def _is_neighbour(host: str, on_link: list[_Interface]) -> bool:
    """Whether that address is one of a network we are in ourselves."""
    address = ipaddress.ip_address(host)
    return any(address.version == one.version and address in one.network for one in on_link)
