"""Ed25519 keys (RFC 8032) and what is derived from them. Pure: secrets come in as bytes.

One kind of key for people and for nodes. A public key is 32 bytes; its text form is 56
characters of base32: the key and three bytes of checksum, so that a slip of the pen is noticed.
"""

import base64
import hashlib
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Final

from nacl.bindings import (
    crypto_core_ed25519_is_valid_point,
    crypto_sign,
    crypto_sign_open,
    crypto_sign_seed_keypair,
)
from nacl.exceptions import BadSignatureError

from seattle_p2p.errors import BadSignature, UsageError

KEY_BYTES: Final = 32
SEED_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
ID_BITS: Final = 160
ID_BYTES: Final = ID_BITS // 8
TEXT_LENGTH: Final = 56
SHORT_LENGTH: Final = 12
_CHECKSUM_BYTES: Final = 3
_NODES_KEPT: Final = 16_384
"""Ids of nodes remembered in a process, 4 MB at most: to work one out takes a hash, and a
simulation of ten thousand nodes meets all of them again and again."""
_PERSONS_KEPT: Final = 512
"""Persons whose storage key and sealing secret are remembered: whoever looks for somebody's
nodes mostly does so again, and a key pair costs as much as a signature."""


def digest(data: bytes, *, label: bytes, size: int = 32) -> bytes:
    """BLAKE2b (RFC 7693) of `data`; `label` (<= 16 bytes) keeps it apart from other uses."""
    return hashlib.blake2b(data, digest_size=size, person=label).digest()


class PublicKey:
    """The public half of a key pair: who somebody is.

    Args:
        raw: 32 bytes.

    Raises:
        UsageError: `raw` has another length.
    """

    def __init__(self, raw: bytes) -> None:
        if len(raw) != KEY_BYTES:
            raise UsageError(f"a public key has {KEY_BYTES} bytes, not {len(raw)}")
        self.raw = bytes(raw)

    @classmethod
    def from_text(cls, text: str) -> "PublicKey":
        """Read the 56-character form; case, dashes and blanks around it do not matter.

        Raises:
            UsageError: wrong length, alphabet or checksum.
        """
        plain = text.strip().replace("-", "").lower()
        if len(plain) != TEXT_LENGTH:
            raise UsageError(
                f"a key is written with {TEXT_LENGTH} characters, not {len(plain)}",
                hint="copy the whole key, as `seattle keys show` prints it",
            )
        try:
            data = base64.b32decode(plain.upper())
        except ValueError as reason:
            raise UsageError(
                "a key is written with the letters a-z and the digits 2-7",
                hint="copy the whole key, as `seattle keys show` prints it",
            ) from reason
        key = cls(data[:KEY_BYTES])
        if data[KEY_BYTES:] != _checksum(key.raw):
            raise UsageError(
                f"the checksum of key {plain[:SHORT_LENGTH]}… is wrong",
                hint="a character was lost or changed; copy the key again",
            )
        return key

    @cached_property
    def text(self) -> str:
        """The 56-character form."""
        return base64.b32encode(self.raw + _checksum(self.raw)).decode().lower()

    @property
    def short(self) -> str:
        """The first 12 characters of the text form, for tables; never enough to trust."""
        return self.text[:SHORT_LENGTH]

    @property
    def is_usable(self) -> bool:
        """Whether there can be a private half: a point of the curve, of the right order."""
        return bool(crypto_core_ed25519_is_valid_point(self.raw))

    @cached_property
    def node_id(self) -> int:
        """Place of a node with this key in the overlay: 160 bits of BLAKE2b."""
        return node_id_of(self.raw)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Accept `signature` over `message`, or refuse it.

        Raises:
            BadSignature: it was not made by this key over these bytes.
        """
        if len(signature) != SIGNATURE_BYTES:
            raise BadSignature(f"a signature has {SIGNATURE_BYTES} bytes, not {len(signature)}")
        try:
            crypto_sign_open(signature + message, self.raw)
        except BadSignatureError as reason:
            raise BadSignature(f"the signature is not one of key {self.short}…") from reason

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and other.raw == self.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __lt__(self, other: "PublicKey") -> bool:
        return self.raw < other.raw

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"PublicKey({self.short}…)"


@lru_cache(maxsize=_NODES_KEPT)
def node_id_of(raw: bytes) -> int:
    """`PublicKey.node_id` of a raw key, 32 bytes, for those who need nothing else of it."""
    return int.from_bytes(digest(raw, label=b"node id", size=ID_BYTES))


class KeyPair:
    """A private key and its public half. Printing it shows the public half only.

    Args:
        seed: 32 secret bytes, from a source fit for keys.

    Raises:
        UsageError: `seed` has another length.
    """

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise UsageError(f"a private key has {SEED_BYTES} bytes, not {len(seed)}")
        public, self._secret = crypto_sign_seed_keypair(seed)
        self.public = PublicKey(public)

    @property
    def seed(self) -> bytes:
        """The secret itself: for key files and certificates, never for logs."""
        return bytes(self._secret[:SEED_BYTES])

    def sign(self, message: bytes) -> bytes:
        """Ed25519 signature, 64 bytes, the same every time for the same message."""
        return bytes(crypto_sign(message, self._secret)[:SIGNATURE_BYTES])

    def __repr__(self) -> str:
        return f"KeyPair({self.public.short}…)"


@lru_cache(maxsize=_PERSONS_KEPT)
def storage_key(person: PublicKey) -> KeyPair:
    """The key that writes the records under `person`: whoever knows the person's key has it.

    Nobody can go back from it to the person, so those who hold records learn neither whose
    vessels a node holds nor who looks for them.
    """
    return KeyPair(digest(person.raw, label=b"storage key"))


def storage_place(storage: PublicKey) -> int:
    """Where in the overlay the records written by storage key `storage` lie: 160 bits."""
    return int.from_bytes(digest(storage.raw, label=b"storage place", size=ID_BYTES))


@lru_cache(maxsize=_PERSONS_KEPT)
def sealing_secret(person: PublicKey) -> bytes:
    """32 bytes known to all who know `person`: what the body of an advert is sealed with."""
    return digest(person.raw, label=b"advert seal")


def find_by_prefix(prefix: str, keys: Iterable[PublicKey]) -> PublicKey:
    """The one key whose text begins with `prefix` (case and dashes do not matter).

    Raises:
        UsageError: none begins so, or several do.
    """
    plain = prefix.strip().replace("-", "").lower()
    found = sorted({key for key in keys if plain and key.text.startswith(plain)})
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"no known key begins with {prefix!r}")
    shown = ", ".join(f"{key.short}…" for key in found[:4])
    raise UsageError(
        f"{len(found)} keys begin with {prefix!r}: {shown}", hint="give more characters of it"
    )


def _checksum(raw: bytes) -> bytes:
    return digest(raw, label=b"key text", size=_CHECKSUM_BYTES)
