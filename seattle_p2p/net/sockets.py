"""Sockets for an overlay node, the addresses they have, and the addresses of seeds."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Iterable
from typing import Protocol

import psutil

from seattle_p2p.errors import UsageError
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.wire.endpoints import endpoint as make_endpoint

_log = logging.getLogger(__name__)

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


def own_endpoints(bound_at: Iterable[Endpoint]) -> list[Endpoint]:
    """Every address of this machine at which sockets bound there are reached."""
    own: dict[Endpoint, None] = {}
    for bound in bound_at:
        if bound.host not in _ANYWHERE:
            own[bound] = None
            continue
        wanted = socket.AF_INET6 if bound.family == 2 else socket.AF_INET
        for addresses in psutil.net_if_addrs().values():
            for address in addresses:
                if address.family == wanted:
                    own[make_endpoint(address.address, bound.port)] = None
    return list(own)


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
