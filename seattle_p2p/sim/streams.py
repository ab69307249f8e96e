"""Named streams of randomness, all derived from the one seed of a run.

Each purpose draws from its own stream, so that a change in how often one purpose draws (another
loss model, say) leaves every other stream as it was. The derivation is a hash of seed and name:
the same on every platform, interpreter and PYTHONHASHSEED.
"""

import hashlib
import random


class Streams:
    """The randomness of one run.

    Args:
        seed: Any integer; the same seed gives the same streams for ever.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._open: dict[str, random.Random] = {}

    def stream(self, name: str) -> random.Random:
        """The stream of that name; asked twice, it goes on where it stands."""
        if name not in self._open:
            self._open[name] = random.Random(int.from_bytes(self.secret(name, 32)))
        return self._open[name]

    def secret(self, name: str, size: int) -> bytes:
        """`size` bytes (at most 64) that belong to `name`: key seeds, for example."""
        text = f"{self.seed}/{name}".encode()
        return hashlib.blake2b(text, digest_size=size, person=b"sim stream").digest()
