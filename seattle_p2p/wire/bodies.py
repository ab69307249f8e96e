"""What a command promises about a body that travels beside it."""

import hashlib

from seattle_p2p.wire.fields import DIGEST_BYTES


class BodyDigest:
    """Counts and digests a body that is never held as a whole."""

    def __init__(self) -> None:
        self.size = 0
        self._hash = hashlib.blake2b(digest_size=DIGEST_BYTES, person=b"body")

    def add(self, data: bytes) -> None:
        """Take in the next piece."""
        self.size += len(data)
        self._hash.update(data)

    @property
    def value(self) -> bytes:
        """Digest of all pieces so far, 32 bytes."""
        return self._hash.digest()
