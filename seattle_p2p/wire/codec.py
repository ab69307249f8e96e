"""Overlay datagrams ↔ messages: the only place that meets malformed bytes.

octets 0-3    d5 ea 50 32, the same in every network and version
octets 4-11   hash of the network's name
octet 12      version of the protocol
octets 13-    the message: a msgpack array, tag first
"""

from typing import Any, Final, Protocol, TypeAlias

import msgspec

from seattle_p2p.errors import MalformedMessage, UsageError, VersionMismatch
from seattle_p2p.identity.keys import digest
from seattle_p2p.wire.datagrams import (
    Adverts,
    Dial,
    Dialling,
    DialMe,
    Find,
    Found,
    Introduce,
    Introduced,
    Knock,
    Message,
    Noted,
    Ping,
    Pong,
    Read,
    Report,
    Store,
    Stored,
    Withdraw,
)
from seattle_p2p.wire.limits import MAX_DATAGRAM_BYTES, MAX_NETWORK_NAME, OVERLAY_MAGIC

VERSION: Final = 1
NETWORK_HASH_BYTES: Final = 8
HEADER_BYTES: Final = len(OVERLAY_MAGIC) + NETWORK_HASH_BYTES + 1

_AnyMessage = (
    Ping
    | Pong
    | Introduce
    | Introduced
    | Find
    | Found
    | Read
    | Adverts
    | Store
    | Withdraw
    | Stored
    | Report
    | Noted
    | DialMe
    | Dialling
    | Dial
    | Knock
)
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_AnyMessage).decode


Datagram: TypeAlias = Any
"""What a codec makes of a message, and a driver carries: bytes on a socket; in a simulation it
may be the message itself. Only its codec knows."""


class Codec(Protocol):
    """How a core's messages become what its driver carries."""

    def encode(self, message: Message) -> Datagram:
        """What travels."""

    def decode(self, data: Datagram) -> Message:
        """The message in it. Raises `MalformedMessage` or `VersionMismatch`."""

    def size(self, data: Datagram) -> int:
        """Octets it takes on the wire."""


class WireCodec:
    """Real bytes, for one network.

    Args:
        network: Name of the network, 1 to 64 characters; what others sent is refused.

    Raises:
        UsageError: an empty or too long name.
    """

    def __init__(self, network: str) -> None:
        self._header = OVERLAY_MAGIC + network_hash(network) + bytes([VERSION])
        self.size = len

    def encode(self, message: Message) -> bytes:
        """The datagram for `message`."""
        return self._header + _encode(message)

    def decode(self, data: bytes) -> Any:
        """Read a message from any bytes.

        Raises:
            VersionMismatch: an overlay datagram of another network or version.
            MalformedMessage: anything else that is no message.
        """
        if len(data) > MAX_DATAGRAM_BYTES:
            raise MalformedMessage(
                f"datagram of {len(data)} octets, limit {MAX_DATAGRAM_BYTES}"
            )
        if data[:HEADER_BYTES] != self._header:
            if data[: len(OVERLAY_MAGIC)] == OVERLAY_MAGIC and len(data) >= HEADER_BYTES:
                raise VersionMismatch("datagram of another network or version")
            raise MalformedMessage("not an overlay datagram")
        try:
            return _decode(memoryview(data)[HEADER_BYTES:])
        except (msgspec.DecodeError, ValueError, RecursionError) as reason:
            raise MalformedMessage(f"not a message: {reason}") from reason


def network_hash(network: str) -> bytes:
    """The 8 octets by which datagrams of a network are told from others'.

    Raises:
        UsageError: an empty or too long name.
    """
    if not 0 < len(network) <= MAX_NETWORK_NAME:
        raise UsageError(
            f"a network's name has 1 to {MAX_NETWORK_NAME} characters, not {len(network)}"
        )
    return digest(network.encode(), label=b"network name", size=NETWORK_HASH_BYTES)
