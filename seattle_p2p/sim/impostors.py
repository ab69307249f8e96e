"""Attackers who pose as somebody else, or send what is no message at all."""

import random
from collections.abc import Callable

import msgspec

from seattle_p2p.errors import PeerError
from seattle_p2p.identity.keys import ID_BYTES
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.core import Core
from seattle_p2p.sim.attackers import Conduct, Gang, Hostile
from seattle_p2p.wire.codec import HEADER_BYTES, Codec
from seattle_p2p.wire.datagrams import (
    Introduce,
    Introduced,
    Message,
    Ping,
    Pong,
    Reply,
)
from seattle_p2p.wire.endpoints import pack_endpoint
from seattle_p2p.wire.limits import MAX_DATAGRAM_BYTES

_PING_PADDING = 64
_RELAYED_AT_ONCE = 1024


class ClaimIds(Conduct):
    """Says to be somebody else: a false id in every pong, somebody else's key in every proof.

    Args:
        gang: Whom it works with.
        id: The id it would like to have.
        key: The key that belongs to it.
    """

    def __init__(self, gang: Gang, id: int, key: bytes) -> None:
        super().__init__(gang)
        self._id = id.to_bytes(ID_BYTES)
        self._key = key

    def says(self, message: Message, target: int | None) -> Message | None:
        """I am him."""
        if isinstance(message, Pong):
            return msgspec.structs.replace(message, sender=self._id)
        if isinstance(message, Introduced) and message.key:
            return msgspec.structs.replace(message, key=self._key)
        return message


class Garbler(Hostile):
    """Answers with bytes that are cut, altered, too long, or of other types than right.

    Only where datagrams are bytes.

    Args:
        core: The honest one inside.
        codec: Reads and writes what the driver carries.
        rng: What goes wrong.
    """

    def __init__(self, core: Core, codec: Codec, rng: random.Random) -> None:
        super().__init__(core, codec, Conduct(Gang(rng, ())))
        self._rng = rng
        self._ways: list[Callable[[bytes], bytes]] = [
            self._cut,
            self._flip,
            self._lengthen,
            self._nest,
            self._retype,
        ]

    def datagrams_to_send(self) -> list[tuple[bytes, Endpoint]]:
        """Every reply comes out wrong."""
        sent = []
        for data, endpoint in super().datagrams_to_send():
            if isinstance(self._codec.decode(data), Reply):
                data = self._rng.choice(self._ways)(data)
            sent.append((data, endpoint))
        return sent

    def _cut(self, data: bytes) -> bytes:
        return data[: self._rng.randrange(len(data))]

    def _flip(self, data: bytes) -> bytes:
        wrong = bytearray(data)
        for _ in range(self._rng.randrange(1, 9)):
            wrong[self._rng.randrange(HEADER_BYTES, len(data))] = self._rng.randrange(256)
        return bytes(wrong)

    def _lengthen(self, data: bytes) -> bytes:
        return data + self._rng.randbytes(MAX_DATAGRAM_BYTES)

    def _nest(self, data: bytes) -> bytes:
        return data[:HEADER_BYTES] + b"\x91" * 1200

    def _retype(self, data: bytes) -> bytes:
        """Same number, so that it is taken for an answer; then peers of odd lengths."""
        message = self._codec.decode(data)
        if not hasattr(message, "peers"):
            return self._flip(data)
        odd = [self._rng.randbytes(self._rng.randrange(97)) for _ in range(20)]
        spoilt: bytes = self._codec.encode(msgspec.structs.replace(message, peers=odd))
        return spoilt


class Relay(Hostile):
    """Would have a victim's id at its own address: passes requests for proofs on to the victim.

    Args:
        core: The honest one inside.
        codec: Reads and writes what the driver carries.
        rng: Its numbers.
        victim: Whose id it would like to have.
    """

    def __init__(self, core: Core, codec: Codec, rng: random.Random, victim: Peer) -> None:
        super().__init__(core, codec, Conduct(Gang(rng, ())))
        self._rng = rng
        self._victim = victim
        self._token = b""
        self._asked: dict[int, Endpoint] = {}
        self._own: list[tuple[bytes, Endpoint]] = []
        self.passed_on = 0
        """Requests for a proof that went to the victim."""
        self.signed = 0
        """Signatures that came back."""

    def receive_datagram(self, data: bytes, source: Endpoint, now: int) -> None:
        """A request for a proof is for the victim; its answer is for who asked."""
        try:
            message = self._codec.decode(data)
        except PeerError:
            return
        if source == self._victim.endpoint and isinstance(message, Pong | Introduced):
            self._on_victim(message)
        elif isinstance(message, Introduce):
            self._pass_on(message, source)
        else:
            if not self._token:
                number, nobody = self._rng.getrandbits(60), bytes(ID_BYTES)
                ping = Ping(number, b"", nobody, True, bytes(_PING_PADDING))
                self._send(ping, self._victim.endpoint)
            super().receive_datagram(data, source, now)

    def datagrams_to_send(self) -> list[tuple[bytes, Endpoint]]:
        """Pongs in the victim's name; all else as the core inside says."""
        sent, self._own = self._own, []
        for data, endpoint in super().datagrams_to_send():
            message = self._codec.decode(data)
            if isinstance(message, Pong):
                posing = self._victim.id.to_bytes(ID_BYTES)
                data = self._codec.encode(msgspec.structs.replace(message, sender=posing))
            sent.append((data, endpoint))
        return sent

    def _pass_on(self, message: Introduce, source: Endpoint) -> None:
        if len(self._asked) >= _RELAYED_AT_ONCE:
            self._asked.clear()
        self._asked[message.number] = source
        self.passed_on += 1
        mine = msgspec.structs.replace(message, token=self._token, signature=b"")
        self._send(mine, self._victim.endpoint)

    def _on_victim(self, message: Pong | Introduced) -> None:
        if message.token:
            self._token = message.token
        source = self._asked.pop(message.number, None)
        if source is None or not isinstance(message, Introduced):
            return
        self.signed += bool(message.signature)
        seen = pack_endpoint(source)
        self._send(msgspec.structs.replace(message, token=b"", seen=seen, known=False), source)

    def _send(self, message: Message, endpoint: Endpoint) -> None:
        self._own.append((self._codec.encode(message), endpoint))
