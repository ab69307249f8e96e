"""Proof that a peer receives at the address it writes from.

A token is a keyed hash of the address under a secret that changes: nothing has to be remembered
of an address (the latest hashes are, to save work). Only the return of a token unlocks replies
larger than their requests, and signatures.
"""

import hashlib
from collections.abc import Callable

from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.overlay.params import nanoseconds

TOKEN_BYTES = 8
_SECRET_BYTES = 32
_SECRETS_KEPT = 3
_MOST_KEPT = 2048


class Tokens:
    """Makes tokens for addresses and checks them.

    Args:
        entropy: Source of secret octets.
        period_s: How often the secret changes; the last three are honoured.
    """

    def __init__(self, entropy: Callable[[int], bytes], period_s: float) -> None:
        self._entropy = entropy
        self._period = nanoseconds(period_s)
        self._secrets: list[bytes] = []
        self._current: dict[Endpoint, bytes] = {}
        self._changes_at = 0

    def token(self, endpoint: Endpoint, now: int) -> bytes:
        """The current token of `endpoint`, 8 octets."""
        if now >= self._changes_at:
            self._change(now)
        token = self._current.get(endpoint)
        if token is None:
            if len(self._current) >= _MOST_KEPT:
                self._current.clear()
            token = self._current[endpoint] = _hash(self._secrets[0], endpoint)
        return token

    def is_valid(self, token: bytes, endpoint: Endpoint, now: int) -> bool:
        """Whether we gave `token` to `endpoint`, not too long ago."""
        if now >= self._changes_at:
            self._change(now)
        if len(token) != TOKEN_BYTES:
            return False
        return any(_hash(secret, endpoint) == token for secret in self._secrets)

    def _change(self, now: int) -> None:
        missed = 1 + (now - self._changes_at) // self._period if self._secrets else 1
        fresh = [self._entropy(_SECRET_BYTES) for _ in range(min(missed, _SECRETS_KEPT))]
        self._current.clear()
        self._secrets = (fresh + self._secrets)[:_SECRETS_KEPT]
        self._changes_at = now + self._period


def _hash(secret: bytes, endpoint: Endpoint) -> bytes:
    where = endpoint.host.encode() + endpoint.port.to_bytes(2)
    return hashlib.blake2b(where, digest_size=TOKEN_BYTES, key=secret).digest()
