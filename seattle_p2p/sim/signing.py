"""Signatures for simulations: real Ed25519, or a keyed hash that costs a hundredth of it.

Public keys are real in both, so ids, places of records and therefore traces are the same. A
cheap signature can be made only through the `Signatures` of the run: an attacker of a
scenario forges nothing unless the scenario says so.
"""

import hashlib
from typing import Final

from seattle_p2p.errors import BadSignature
from seattle_p2p.identity.keys import SIGNATURE_BYTES, KeyPair, PublicKey, storage_key
from seattle_p2p.overlay.core import Signer

_GENUINE_KEPT: Final = 512
"""Statements found genuine that are remembered."""
REAL_UP_TO: Final = 1000
"""Nodes up to which `auto` signs for real: above, a run would mostly be spent on curves."""


class CheapSigner:
    """Signs for one key by hashing.

    Args:
        public: Whose signatures these are.
        secret: A hash that has taken in the run's secret.
    """

    __slots__ = ("_secret", "public")

    def __init__(self, public: PublicKey, secret: hashlib.blake2b) -> None:
        self.public = public
        self._secret = secret

    def sign(self, message: bytes) -> bytes:
        """64 octets that only holders of the run's secret can make."""
        return _keyed_hash(self._secret, self.public, message)


class CheapSignatures:
    """Makes and checks cheap signatures, for a whole run.

    Args:
        secret: Up to 64 bytes; whoever has it signs for anybody.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = hashlib.blake2b(
            secret, digest_size=SIGNATURE_BYTES, person=b"sim signature"
        )
        self._storage: dict[PublicKey, CheapSigner] = {}

    def signer(self, seed: bytes) -> Signer:
        """The signer of the key pair that `seed` gives."""
        return CheapSigner(KeyPair(seed).public, self._secret)

    def node_id(self, seed: bytes) -> int:
        """Id of the node that `ground_signer` gives: a hash is all it costs."""
        return PublicKey(seed).node_id

    def ground_signer(self, seed: bytes) -> Signer:
        """The signer of a key without a private half, for those who try millions."""
        return CheapSigner(PublicKey(seed), self._secret)

    def verify(self, key: PublicKey, message: bytes, signature: bytes) -> None:
        """Accept a signature. Raises `BadSignature`."""
        if signature != _keyed_hash(self._secret, key, message):
            raise BadSignature(f"the signature is not one of key {key.short}…")

    def storage_key(self, person: PublicKey) -> Signer:
        """Signs the records of `person`; the key itself is the real one."""
        known = self._storage.get(person)
        if known is None:
            known = CheapSigner(storage_key(person).public, self._secret)
            self._storage[person] = known
        return known


class RealSignatures:
    """Ed25519, with the storage keys of persons kept: deriving one costs as much as signing.

    What was found genuine is not checked again at once: twenty holders get the same record.
    """

    def __init__(self) -> None:
        self._storage: dict[PublicKey, KeyPair] = {}
        self._genuine: set[tuple[bytes, bytes, bytes]] = set()

    def signer(self, seed: bytes) -> Signer:
        """The key pair that `seed` gives."""
        return KeyPair(seed)

    def node_id(self, seed: bytes) -> int:
        """Id of the node that `ground_signer` gives."""
        return KeyPair(seed).public.node_id

    def ground_signer(self, seed: bytes) -> Signer:
        """The key pair that `seed` gives: whoever tries many has no other way here."""
        return KeyPair(seed)

    def verify(self, key: PublicKey, message: bytes, signature: bytes) -> None:
        """Accept a signature. Raises `BadSignature`."""
        statement = key.raw, message, signature
        if statement in self._genuine:
            return
        key.verify(message, signature)
        if len(self._genuine) >= _GENUINE_KEPT:
            self._genuine.clear()
        self._genuine.add(statement)

    def storage_key(self, person: PublicKey) -> Signer:
        """The key that writes the records of `person`."""
        known = self._storage.get(person)
        if known is None:
            known = self._storage[person] = storage_key(person)
        return known


def _keyed_hash(secret: hashlib.blake2b, key: PublicKey, message: bytes) -> bytes:
    hasher = secret.copy()
    hasher.update(key.raw)
    hasher.update(message)
    return hasher.digest()


Signatures = CheapSignatures | RealSignatures
