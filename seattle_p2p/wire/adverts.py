"""What a node publishes under a person's key: the statement, its seal, the stored record.

Three shells. Inside, the *statement* of the node, signed by the node's key together with the
storage key it is meant for. Around it a seal that only those who know the person's key can
open. Outside the *record*, signed by the storage key, so that only they can write there: it
names the node's id, the sequence and the lifetime, which is all a holder needs to know.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, Protocol

import msgspec
from nacl.bindings import crypto_secretbox, crypto_secretbox_open
from nacl.exceptions import CryptoError

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.identity.envelope import Purpose, signed_bytes
from seattle_p2p.identity.keys import (
    ID_BYTES,
    KEY_BYTES,
    SIGNATURE_BYTES,
    PublicKey,
    digest,
    storage_place,
)
from seattle_p2p.wire.endpoints import Endpoint, pack_endpoint, unpack_endpoint
from seattle_p2p.wire.limits import (
    MAX_ENDPOINTS,
    MAX_LIFETIME_S,
    MAX_SEALED_BYTES,
    MAX_SPLIT_BITS,
)

OVERLAY_UDP: Final = 1
"""Kind of endpoint: the overlay's socket."""
COMMANDS_TCP: Final = 2
"""Kind of endpoint: the command service."""

NONCE_BYTES: Final = 24
_PLACES_KEPT: Final = 2048
"""Places remembered in a process: to work one out takes a hash."""
_MAX_SEQUENCE = 2**63 - 1
_SEQUENCES_PER_START: Final = 1 << 24

Verify = Callable[[PublicKey, bytes, bytes], None]
"""Accepts a signature over a message, or raises `BadSignature`."""


class Signs(Protocol):
    """What makes signatures: a key pair, or a simulation's cheap stand-in."""

    @property
    def public(self) -> PublicKey:
        """Whose signatures these are."""

    def sign(self, message: bytes) -> bytes:
        """64 octets over `message`."""


class Advert(msgspec.Struct, frozen=True):
    """A node's statement: this is me, reached here, until then.

    Args:
        node: The node's key; its id in the overlay follows from it.
        overlay: Where its overlay socket is (UDP), best first.
        commands: Where its command service is (TCP), best first.
        sequence: Of two adverts of one node under one key, the higher one is newer.
        lifetime_s: How long holders keep it, in seconds on their own clocks.
    """

    node: PublicKey
    overlay: tuple[Endpoint, ...]
    commands: tuple[Endpoint, ...]
    sequence: int
    lifetime_s: int


class Record(msgspec.Struct, frozen=True, array_like=True):
    """An advert as it is stored: what a holder sees of it. The slot is (storage key, node id).

    Args:
        storage: Public half of the storage key, 32 octets.
        node: Node id, 20 octets.
        sequence: As inside.
        lifetime_s: As inside.
        sealed: Nonce (24 octets) and secretbox; unreadable for the holder.
        signature: By the storage key over all but itself and the key, 64 octets.
    """

    storage: bytes
    node: bytes
    sequence: int
    lifetime_s: int
    sealed: bytes
    signature: bytes


class _Statement(msgspec.Struct, frozen=True, array_like=True):
    node: bytes
    endpoints: list[bytes]
    sequence: int
    lifetime_s: int


_encoder = msgspec.msgpack.Encoder()
_statements = msgspec.msgpack.Decoder(_Statement)


def seal_advert(
    advert: Advert, *, node: Signs, storage: Signs, secret: bytes, nonce: bytes
) -> Record:
    """Sign, seal and sign again.

    Args:
        advert: Its `node` is the public half of `node`.
        node: Signs the statement.
        storage: Signs the record: `identity.keys.storage_key` of the person.
        secret: `identity.keys.sealing_secret` of the person.
        nonce: 24 octets never used before with this secret; random ones will do.
    """
    endpoints = [bytes([OVERLAY_UDP]) + pack_endpoint(e) for e in advert.overlay]
    endpoints += [bytes([COMMANDS_TCP]) + pack_endpoint(e) for e in advert.commands]
    if len(endpoints) > MAX_ENDPOINTS:
        raise ValueError(f"an advert names at most {MAX_ENDPOINTS} endpoints")
    statement = _encoder.encode(
        _Statement(advert.node.raw, endpoints, advert.sequence, advert.lifetime_s)
    )
    signature = node.sign(signed_bytes(Purpose.NODE_ADVERT, storage.public.raw + statement))
    sealed = nonce + crypto_secretbox(signature + statement, nonce, secret)
    node_id = advert.node.node_id.to_bytes(ID_BYTES)
    bare = Record(storage.public.raw, node_id, advert.sequence, advert.lifetime_s, sealed, b"")
    return sign_record(bare, storage)


def sign_record(record: Record, storage: Signs) -> Record:
    """The record with the storage key's signature in the place of what it had."""
    body = _record_body(record.node, record.sequence, record.lifetime_s, record.sealed)
    signature = storage.sign(signed_bytes(Purpose.STORED_ADVERT, body))
    return msgspec.structs.replace(record, signature=signature)


def sequence_after(starts: int) -> int:
    """Lowest sequence of a node that has started `starts` times: above all it used before."""
    return starts * _SEQUENCES_PER_START


def require_sound_record(record: Record, verify: Verify) -> None:
    """Accept a record that somebody who knows the storage key wrote.

    Raises:
        MalformedMessage: a field is out of its bounds.
        BadSignature: not signed by the storage key it names.
    """
    if (
        len(record.storage) != KEY_BYTES
        or len(record.node) != ID_BYTES
        or len(record.signature) != SIGNATURE_BYTES
        or len(record.sealed) > MAX_SEALED_BYTES
        or not 0 < record.lifetime_s <= MAX_LIFETIME_S
        or not 0 <= record.sequence <= _MAX_SEQUENCE
    ):
        raise MalformedMessage("not a record: a field is out of its bounds")
    body = _record_body(record.node, record.sequence, record.lifetime_s, record.sealed)
    message = signed_bytes(Purpose.STORED_ADVERT, body)
    verify(PublicKey(record.storage), message, record.signature)


def open_advert(sealed: bytes, *, storage: bytes, secret: bytes, verify: Verify) -> Advert:
    """Read a sealed advert from untrusted octets.

    Args:
        sealed: Nonce and secretbox, as a holder hands it out.
        storage: Public half of the storage key under which it was found.
        secret: `identity.keys.sealing_secret` of the person looked for.
        verify: Checks the node's signature.

    Raises:
        MalformedMessage: the seal does not open, or what is inside is of another shape.
        BadSignature: the node it names did not make this statement for this storage key.
    """
    if not NONCE_BYTES < len(sealed) <= MAX_SEALED_BYTES:
        raise MalformedMessage(f"sealed advert of {len(sealed)} octets")
    try:
        plain = crypto_secretbox_open(sealed[NONCE_BYTES:], sealed[:NONCE_BYTES], secret)
        signature, body = plain[:SIGNATURE_BYTES], plain[SIGNATURE_BYTES:]
        statement = _statements.decode(body)
    except CryptoError as reason:
        raise MalformedMessage("sealed advert: made for somebody else, or altered") from reason
    except (msgspec.DecodeError, ValueError) as reason:
        raise MalformedMessage(f"advert of another shape: {reason}") from reason
    _require_bounds(statement)
    node = PublicKey(statement.node)
    verify(node, signed_bytes(Purpose.NODE_ADVERT, storage + body), signature)
    return Advert(
        node,
        _endpoints_of_kind(OVERLAY_UDP, statement.endpoints),
        _endpoints_of_kind(COMMANDS_TCP, statement.endpoints),
        statement.sequence,
        statement.lifetime_s,
    )


@lru_cache(maxsize=_PLACES_KEPT)
def place_of(storage: bytes, depth: int = 0, prefix: int = 0) -> int:
    """Where the adverts of a storage key lie, 160 bits; of its subkey when `depth` > 0.

    A crowded key goes on under subkeys: `prefix` is the first `depth` bits of the ids of the
    nodes advertised there, 0 <= depth <= 8.
    """
    if depth == 0:
        return storage_place(PublicKey(storage))
    if not 0 < depth <= MAX_SPLIT_BITS or not 0 <= prefix < 1 << depth:
        raise ValueError(f"no subkey {prefix} of {depth} bits")
    data = storage + bytes([depth, prefix])
    return int.from_bytes(digest(data, label=b"storage subkey", size=ID_BYTES))


def _require_bounds(statement: _Statement) -> None:
    if (
        len(statement.node) != KEY_BYTES
        or len(statement.endpoints) > MAX_ENDPOINTS
        or not 0 <= statement.sequence <= _MAX_SEQUENCE
        or not 0 < statement.lifetime_s <= MAX_LIFETIME_S
    ):
        raise MalformedMessage("not an advert: a field is out of its bounds")


def _endpoints_of_kind(kind: int, packed: Iterable[bytes]) -> tuple[Endpoint, ...]:
    """Those of one kind; other kinds and unknown families are passed over, not refused."""
    found = []
    for data in packed:
        if data[:1] == bytes([kind]):
            try:
                found.append(unpack_endpoint(data[1:]))
            except MalformedMessage:
                continue
    return tuple(found)


def _record_body(node: bytes, sequence: int, lifetime_s: int, sealed: bytes) -> bytes:
    return node + sequence.to_bytes(8) + lifetime_s.to_bytes(4) + sealed
