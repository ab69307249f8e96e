"""Signatures that are worth something for one purpose only.

Every signature covers a purpose label before the bytes, so that one made for an advert can
never pass as a command, nor an id proof as a reply. Envelopes are addressed (to one node),
fresh (under that node's challenge for one connection) and ordered (numbers rise by one).
"""

from enum import Enum

import msgspec

from seattle_p2p.errors import BadSignature, MalformedMessage, WrongReceiver
from seattle_p2p.identity.keys import KeyPair, PublicKey, digest


class Purpose(Enum):
    """What a signature is for; the value is what goes in front of the signed bytes."""

    NODE_ADVERT = b"node advert"
    """A node's statement inside an advert, by the node's key."""
    STORED_ADVERT = b"stored advert"
    """The sealed advert as a holder keeps it, by the storage key."""
    ID_PROOF = b"id proof"
    """That the sender of a datagram holds the key its id comes from."""
    COMMAND = b"command"
    """A request to a node manager, by a person's key."""
    REPLY = b"reply"
    """A node manager's answer to one request, by the node's key."""
    STREAM_END = b"stream end"
    """What was sent in a body whose length was not known before, by the sender's key."""
    INSTALLER = b"installer"
    """A planner's installer."""
    SEED_LIST = b"seed list"
    """A list of seeds, by whoever runs the network."""


def signed_bytes(purpose: Purpose, body: bytes) -> bytes:
    """What a signature for `purpose` over `body` really covers."""
    return _PREFIXES[purpose] + body


_PREFIXES = {purpose: b"seattle-p2p 1 " + purpose.value + b"\0" for purpose in Purpose}


def sign(purpose: Purpose, key: KeyPair, body: bytes) -> bytes:
    """Signature (64 bytes) of `key` over `body`, good for `purpose` only."""
    return key.sign(signed_bytes(purpose, body))


def verify(purpose: Purpose, key: PublicKey, body: bytes, signature: bytes) -> None:
    """Accept or refuse a signature made by `sign`.

    Raises:
        BadSignature: other key, other bytes, or made for another purpose.
    """
    key.verify(signed_bytes(purpose, body), signature)


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """A signed, addressed, once-only message.

    `number` counts up from 0 under one `challenge` (16 bytes, the node's, one a connection).
    A reply repeats both and names the digest of the request it answers in `answers`; there a
    request carries nothing.
    """

    sender: bytes
    receiver: bytes
    challenge: bytes
    number: int
    answers: bytes
    body: bytes
    signature: bytes = b""

    @property
    def digest(self) -> bytes:
        """32 bytes that stand for this very message, signature included."""
        return digest_of(_encoder.encode(self))

    @property
    def sender_key(self) -> PublicKey:
        """Who signed. Raises `MalformedMessage` through `unseal` before anyone relies on it."""
        return PublicKey(self.sender)


def digest_of(encoded: bytes) -> bytes:
    """`Envelope.digest` of an envelope as it travels, whether or not it can be decoded."""
    return digest(encoded, label=b"envelope")


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Envelope)
NOTHING = b""
CHALLENGE_BYTES = 16


def seal(
    purpose: Purpose,
    key: KeyPair,
    *,
    receiver: PublicKey,
    challenge: bytes,
    number: int,
    body: bytes,
    answers: bytes = NOTHING,
) -> Envelope:
    """Sign `body` for `receiver`, under `challenge`, as message `number`."""
    bare = Envelope(key.public.raw, receiver.raw, challenge, number, answers, body)
    signature = sign(purpose, key, _encoder.encode(bare))
    return msgspec.structs.replace(bare, signature=signature)


def encode_envelope(envelope: Envelope) -> bytes:
    """The bytes that travel."""
    return _encoder.encode(envelope)


def decode_envelope(data: bytes, *, limit: int) -> Envelope:
    """Read an envelope from untrusted bytes; nothing is believed yet (see `require_genuine`).

    Raises:
        MalformedMessage: longer than `limit` bytes, or of another shape.
    """
    if len(data) > limit:
        raise MalformedMessage(f"envelope of {len(data)} bytes, limit {limit}")
    try:
        envelope = _decoder.decode(data)
    except (msgspec.DecodeError, msgspec.ValidationError) as reason:
        raise MalformedMessage(f"not an envelope: {reason}") from reason
    if len(envelope.sender) != 32 or len(envelope.receiver) != 32 or envelope.number < 0:
        raise MalformedMessage("not an envelope: keys have 32 bytes, numbers begin at 0")
    return envelope


def require_genuine(purpose: Purpose, envelope: Envelope, *, receiver: PublicKey) -> None:
    """Accept an envelope that its sender made for `purpose` and for `receiver`.

    Raises:
        WrongReceiver: it was made for somebody else.
        BadSignature: it was altered, or made by another key or for another purpose.
    """
    if envelope.receiver != receiver.raw:
        raise WrongReceiver("this message was made for another key")
    bare = msgspec.structs.replace(envelope, signature=b"")
    try:
        verify(purpose, envelope.sender_key, _encoder.encode(bare), envelope.signature)
    except BadSignature:
        raise BadSignature(
            "the message was altered on its way, or somebody else signed it"
        ) from None
