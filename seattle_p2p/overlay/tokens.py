"""Proof that a peer receives at the address it writes from.

A token is a keyed hash of the address under a secret that changes: nothing has to be remembered
of an address. Only the return of a token unlocks replies larger than their requests, and
signatures.
"""

from collections.abc import Callable
from hashlib import blake2b
from typing import Final

from seattle_p2p.overlay.params import nanoseconds

TOKEN_BYTES: Final = 8
_SECRET_BYTES: Final = 32
_SECRETS_KEPT: Final = 3


class Tokens:
    """Makes tokens for addresses and checks them.

    Args:
        entropy: Source of secret octets.
        period_s: How often the secret changes; the last three are honoured.
    """

    def __init__(self, entropy: Callable[[int], bytes], period_s: float) -> None:
        self._entropy = entropy
        self._period = nanoseconds(period_s)
        self._secrets: list[blake2b] = []
        """Hashes that have taken in the secret, the current one first. One with a key would
        hash a block more; a secret of fixed length in front does as well, for BLAKE2 marks its
        last block, so that nobody can go on from a hash that he was given (RFC 7693, 3.2)."""
        self._changes_at = 0

    def token(self, where: bytes, now: int) -> bytes:
        """The current token of a packed endpoint, 8 octets."""
        if now >= self._changes_at:
            self._change(now)
        return _token(self._secrets[0], where)

    def is_valid(self, token: bytes, where: bytes, now: int) -> bool:
        """Whether we gave `token` to the packed endpoint `where`, not too long ago."""
        if now >= self._changes_at:
            self._change(now)
        if len(token) != TOKEN_BYTES:
            return False
        return any(_token(secret, where) == token for secret in self._secrets)

    def _change(self, now: int) -> None:
        missed = 1 + (now - self._changes_at) // self._period if self._secrets else 1
        fresh = [
            blake2b(self._entropy(_SECRET_BYTES), digest_size=TOKEN_BYTES)
            for _ in range(min(missed, _SECRETS_KEPT))
        ]
        self._secrets = (fresh + self._secrets)[:_SECRETS_KEPT]
        self._changes_at = now + self._period


def _token(secret: blake2b, where: bytes) -> bytes:
    hasher = secret.copy()
    hasher.update(where)
    return hasher.digest()
