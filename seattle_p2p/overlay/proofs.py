"""That a node's id is its own: what exactly an id proof says, and who checks signatures."""

from typing import Final

from seattle_p2p.errors import BadSignature
from seattle_p2p.identity.envelope import Purpose, signed_bytes
from seattle_p2p.identity.keys import (
    ID_BYTES,
    KEY_BYTES,
    SIGNATURE_BYTES,
    PublicKey,
    storage_key,
)
from seattle_p2p.overlay.core import Cryptography, Signer

NONCE_BYTES: Final = 8


class RealCryptography:
    """Ed25519, as `identity.keys` has it."""

    def verify(self, key: PublicKey, message: bytes, signature: bytes) -> None:
        """Accept a signature. Raises `BadSignature`."""
        key.verify(message, signature)

    def storage_key(self, person: PublicKey) -> Signer:
        """The key that writes the records of `person`."""
        return storage_key(person)


def make_proof(signer: Signer, *, asker: int, nonce: bytes, seen: bytes) -> bytes:
    """Prove to `asker` that `signer` answers at the endpoint `seen`.

    Args:
        signer: The prover's key.
        asker: Id of who is to believe it.
        nonce: 8 octets the asker chose: its token for the prover, or its request's number.
        seen: Packed endpoint at which the asker sees the prover.
    """
    return signer.sign(_statement(nonce, asker, signer.public.node_id, seen))


def check_proof(
    cryptography: Cryptography,
    key: bytes,
    signature: bytes,
    *,
    asker: int,
    nonce: bytes,
    seen: bytes,
) -> PublicKey | None:
    """The prover's key when the proof holds for `asker`, `nonce` and `seen`; otherwise None."""
    if len(key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return None
    prover = PublicKey(key)
    try:
        cryptography.verify(prover, _statement(nonce, asker, prover.node_id, seen), signature)
    except BadSignature:
        return None
    return prover


def _statement(nonce: bytes, asker: int, prover: int, seen: bytes) -> bytes:
    ids = asker.to_bytes(ID_BYTES) + prover.to_bytes(ID_BYTES)
    return signed_bytes(Purpose.ID_PROOF, nonce + ids + seen)
