"""Which addresses a program may use: decisions only, no sockets.

Only canonical literals are taken, so that no two spellings of an address get two answers.
Loopback and the machine's own addresses are reached only at ports where vessels live; what is
private to the donor's network only where the donor allows it; everything that is not one
host, never.
"""

import functools
import ipaddress
from collections.abc import Callable

from seattle_p2p.vessel.control import NetworkRules
from seattle_p2p.vessel.repy_errors import CallFailed
from seattle_p2p.vessel.resources import VESSEL_PORTS

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PRIVATE = [
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
]

_NEVER = [
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "169.254.0.0/16",  # link-local, among it the clouds' metadata service
        "192.0.0.0/24",
        "100.100.100.200/32",  # a cloud's metadata service inside the carriers' range
        "168.63.129.16/32",  # another's, inside the public range
        "224.0.0.0/3",  # multicast, reserved, broadcast
        "::/96",  # unspecified, loopback is looked at before, IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "fd00:ec2::254/128",  # metadata services inside the unique-local range
        "fd20:ce::254/128",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
]

_REMEMBERED = 256
"""Addresses whose reading is kept: a program that sends much sends to few."""

_LOOPBACK = [ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128")]


@functools.lru_cache(maxsize=_REMEMBERED)
def is_loopback(address: Address) -> bool:
    """True for loopback itself; newer Pythons' own test also takes addresses mapped to it."""
    return _in(address, _LOOPBACK)


@functools.lru_cache(maxsize=_REMEMBERED)
def is_never(address: Address) -> bool:
    """True for what is no single host of the internet, or must never be reached from here."""
    return _in(address, _NEVER)


@functools.lru_cache(maxsize=_REMEMBERED)
def is_private(address: Address) -> bool:
    """True for addresses inside somebody's own network."""
    return _in(address, _PRIVATE)


@functools.lru_cache(maxsize=_REMEMBERED)
def is_loopback_host(host: str) -> bool:
    """The same of a sender's address as a socket tells it."""
    return is_loopback(ipaddress.ip_address(host.partition("%")[0]))


def told_address(rules: NetworkRules) -> str:
    """What programs are told as their own address; empty when they may be told any.

    A node that listens at one address only has its vessels there, too; several nodes on one
    machine without such an address stay on loopback.
    """
    if rules.bind and not ipaddress.ip_address(rules.bind).is_unspecified:
        return rules.bind
    return "127.0.0.1" if rules.testbed else ""


@functools.lru_cache(maxsize=_REMEMBERED)
def parse_address(text: str) -> Address:
    """The address that `text` is the canonical form of.

    Raises:
        CallFailed: It is none, or another spelling of one.
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise CallFailed("RepyArgumentError", f"{text[:60]!r} is not an IP address") from None
    if str(address) != text or "%" in text:
        raise CallFailed(
            "RepyArgumentError", f"{text[:60]!r} must be written as {str(address)!r}"
        )
    return address


def require_port(port: int, what: str) -> int:
    """The port itself.

    Raises:
        CallFailed: Not 1 to 65535.
    """
    if not 1 <= port <= 65535:
        raise CallFailed("RepyArgumentError", f"{what} {port} is not a port from 1 to 65535")
    return port


class AddressRules:
    """What the donor and the vessel's grant allow.

    Args:
        rules: The donor's word.
        granted: Local ports of this vessel, UDP and TCP together.
        is_own: Tells whether an address is one of this machine's.
    """

    def __init__(
        self,
        rules: NetworkRules,
        granted: frozenset[int],
        is_own: Callable[[Address], bool],
    ) -> None:
        self._rules = rules
        self._granted = granted
        self._is_own = is_own

    def destination(self, host: str, port: int) -> Address:
        """The address of somebody a program names; whether it may be talked to is not said.

        Raises:
            CallFailed: RepyArgumentError for what is no host's address, or no port.
        """
        address = parse_address(host)
        require_port(port, "destport")
        if is_never(address) and not is_loopback(address):
            raise CallFailed("RepyArgumentError", f"{host} is not the address of a host")
        return address

    def require_permitted(self, address: Address, port: int) -> None:
        """Let a program talk to a `destination`.

        Raises:
            CallFailed: ResourceForbiddenError.
        """
        if self._is_here(address):
            if port not in self._granted and port not in VESSEL_PORTS:
                raise CallFailed(
                    "ResourceForbiddenError",
                    f"on this machine only vessels may be talked to, not port {port}",
                )
        elif not self._rules.allow_private and is_private(address):
            raise CallFailed(
                "ResourceForbiddenError", f"{address} is private to the donor's network"
            )

    def _is_here(self, address: Address) -> bool:
        return is_loopback(address) or (not is_never(address) and self._is_own(address))

    def require_local(self, host: str) -> Address:
        """An address a program may bind to.

        Raises:
            CallFailed: It is no address that could be this machine's.
        """
        address = parse_address(host)
        if not is_loopback(address) and is_never(address):
            raise CallFailed("RepyArgumentError", f"{host} is not an address of this machine")
        return address


def _in(
    address: Address, networks: list[ipaddress.IPv4Network | ipaddress.IPv6Network]
) -> bool:
    return any(address in network for network in networks if network.version == address.version)
