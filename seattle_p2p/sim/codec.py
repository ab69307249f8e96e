"""Messages between simulated nodes, and what of them goes into the trace.

Two modes. In `wire` datagrams are the bytes of the real protocol. In `objects` a datagram is
the message itself with its encoded body: it was encoded once, for its size and for the
trace, and is never decoded. Both tell the same story and give the same trace.

A body in the trace leaves out signatures, and of a sealed advert all but nonce and length,
for the seal hides a signature.
"""

from collections.abc import Callable
from operator import itemgetter
from typing import Any

import msgspec

from seattle_p2p.errors import PeerError
from seattle_p2p.wire.adverts import NONCE_BYTES
from seattle_p2p.wire.codec import HEADER_BYTES, WireCodec
from seattle_p2p.wire.datagrams import Adverts, Message, Store

_encode = msgspec.msgpack.Encoder().encode


class ObjectCodec:
    """Carries messages as they are: (message, encoded body, octets) instead of bytes.

    Trusts its senders: there is no network name, and nothing is malformed. Octets are those
    it would take on the wire. Both getters run for each datagram, several times: in C.
    """

    def __init__(self) -> None:
        self.decode: Callable[[Any], Any] = itemgetter(0)
        self.size: Callable[[Any], int] = itemgetter(2)

    def encode(self, message: Message) -> Any:
        """The datagram for `message`."""
        body = _encode(message)
        return message, body, HEADER_BYTES + len(body)


def describe_object(data: Any) -> tuple[str, bytes]:
    """Kind and body of an `ObjectCodec` datagram."""
    message, body, _ = data
    cls = type(message)
    if cls in _SIGNED:
        body = _encode(unsigned(message))
    return cls.__name__, body


class WireDescriber:
    """Kind and body of real datagrams of one network.

    Args:
        codec: The network's.
    """

    def __init__(self, codec: WireCodec) -> None:
        self._codec = codec

    def __call__(self, data: bytes) -> tuple[str, bytes]:
        """Kind and body; bytes that are no message are of kind ``malformed``."""
        # The array's first octet, then the tag: a small number, so one octet.
        plain = (
            _PLAIN_TAGS.get(data[HEADER_BYTES + 1]) if len(data) > HEADER_BYTES + 1 else None
        )
        if plain is not None:
            return plain, data[HEADER_BYTES:]
        try:
            message = self._codec.decode(data)
        except PeerError:
            return "malformed", data
        return type(message).__name__, _encode(unsigned(message))


def unsigned(message: Message) -> Message:
    """`message` without its signatures, and with seals cut to nonce and length."""
    if isinstance(message, Store):
        record = message.record
        bare = msgspec.structs.replace(record, signature=b"", sealed=_cut(record.sealed))
        return msgspec.structs.replace(message, signature=b"", record=bare)
    if isinstance(message, Adverts):
        cut = [_cut(sealed) for sealed in message.adverts]
        return msgspec.structs.replace(message, adverts=cut)
    if type(message) in _SIGNED:
        return msgspec.structs.replace(message, signature=b"")
    return message


def _cut(sealed: bytes) -> bytes:
    return sealed[:NONCE_BYTES] + len(sealed).to_bytes(2)


def _all_messages(cls: type[Message] = Message) -> list[type[Message]]:
    found = [] if cls.__struct_config__.tag is None else [cls]
    for sub in cls.__subclasses__():
        found += _all_messages(sub)
    return found


def message_names() -> list[str]:
    """Kinds of all datagrams; `malformed` are those of none."""
    return [*(cls.__name__ for cls in _all_messages()), "malformed"]


_SIGNED = frozenset(
    cls for cls in _all_messages() if cls is Adverts or "signature" in cls.__struct_fields__
)
_PLAIN_TAGS = {
    cls.__struct_config__.tag: cls.__name__ for cls in _all_messages() if cls not in _SIGNED
}
