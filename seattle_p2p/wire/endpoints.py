"""Addresses: written, compared, packed. Literals only; names are resolved at the edges.

Packed form: one octet for the family (4 or 6), the address in network order, two octets of
port. Other first octets are families of a later version; whoever meets one passes over it.
"""

import ipaddress
from typing import NamedTuple

from seattle_p2p.errors import MalformedMessage, UsageError

_FAMILY_BYTES = {4: 7, 6: 19}
_LOOPBACK_6 = b"\x06" + bytes(15) + b"\x01"


class Endpoint(NamedTuple):
    """A host and a port. Equal to the plain tuple, so that socket addresses can be looked up.

    Build it with `endpoint` unless `host` is known to be canonical.
    """

    host: str
    """IPv4 or IPv6 literal in canonical form, without brackets or zone."""
    port: int
    """1 to 65535."""

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def family(self) -> int:
        """1 for IPv4, 2 for IPv6: the bits of `families` in messages."""
        return 2 if ":" in self.host else 1


def endpoint(host: str, port: int) -> Endpoint:
    """An endpoint in canonical form; an IPv4 address mapped into IPv6 becomes IPv4 again.

    Raises:
        UsageError: `host` is no address literal, or `port` is not 1 to 65535.
    """
    if not 0 < port < 65536:
        raise UsageError(f"a port is a number from 1 to 65535, not {port}")
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError as reason:
        raise UsageError(
            f"{host!r} is not an IPv4 or IPv6 address",
            hint="write it like 192.0.2.7:7070 or [2001:db8::7]:7070",
        ) from reason
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return Endpoint(str(address), port)


def parse_endpoint(text: str) -> Endpoint:
    """Read ``HOST:PORT`` or ``[V6]:PORT``.

    Raises:
        UsageError: of another form, or the host is a name rather than a literal.
    """
    host, colon, port = text.strip().rpartition(":")
    if not colon or not port.isdecimal():
        raise UsageError(
            f"{text!r} is not an address with a port",
            hint="write it like 192.0.2.7:7070 or [2001:db8::7]:7070",
        )
    return endpoint(host.removeprefix("[").removesuffix("]"), int(port))


def pack_endpoint(where: Endpoint) -> bytes:
    """The packed form: 7 octets for IPv4, 19 for IPv6."""
    if ":" in where.host:
        address = ipaddress.IPv6Address(where.host).packed
        return b"\x06" + address + where.port.to_bytes(2)
    return b"\x04" + bytes(map(int, where.host.split("."))) + where.port.to_bytes(2)


def unpack_endpoint(data: bytes) -> Endpoint:
    """Read a packed form from untrusted bytes.

    Raises:
        MalformedMessage: unknown family, wrong length, port 0, or IPv4 mapped into IPv6.
    """
    if not data or len(data) != _FAMILY_BYTES.get(data[0]):
        raise MalformedMessage(f"not a packed endpoint: {len(data)} octets")
    port = int.from_bytes(data[-2:])
    if port == 0:
        raise MalformedMessage("not a packed endpoint: port 0")
    if data[0] == 4:
        return Endpoint(f"{data[1]}.{data[2]}.{data[3]}.{data[4]}", port)
    address = ipaddress.IPv6Address(data[1:17])
    if address.ipv4_mapped:
        raise MalformedMessage("not a packed endpoint: IPv4 mapped into IPv6")
    return Endpoint(str(address), port)


def packed_length(data: bytes) -> int:
    """Octets of the packed endpoint that `data` begins with; 0 when of an unknown family."""
    return _FAMILY_BYTES.get(data[0], 0) if data else 0


def ip_group(packed: bytes) -> bytes:
    """Addresses one party is likely to own together: /24 of IPv4, /48 of IPv6.

    Args:
        packed: A packed endpoint among them.
    """
    return packed[:4] if packed[0] == 4 else packed[:7]


def is_loopback(packed: bytes) -> bool:
    """Whether a packed endpoint is of this very machine: such a source cannot be forged."""
    return packed[:2] == b"\x04\x7f" or packed[:17] == _LOOPBACK_6


def ration_of(packed: bytes) -> bytes:
    """Who shares a ration with that packed endpoint: its IP group.

    On this machine every socket has its own: a whole network may be tried out on it, and
    whoever runs programs here can do worse than ask us.
    """
    return packed if is_loopback(packed) else ip_group(packed)
