"""Freshness without clocks: one challenge a connection, numbers that rise by exactly one.

A command that was recorded, held back, sent twice, sent out of order or sent to another
connection ends here. Nothing is looked up or verified: the check costs a comparison.
"""

from seattle_p2p.errors import StaleMessage
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.wire.limits import CHALLENGE_IDLE_S

_AGAIN = "connect anew; the command can be sent again under the same id"


class Line:
    """One connection as the command core sees it.

    Args:
        now_s: Seconds on the caller's monotonic clock, here and below.
    """

    def __init__(self, now_s: float) -> None:
        self._challenge: bytes | None = None
        self._number = 0
        self._used_s = now_s
        self.person: PublicKey | None = None
        """Who signed the last command, if somebody who has a right to something here."""
        self.commands = 1
        """How many commands the last envelope held."""

    @property
    def proved(self) -> bool:
        """Whether the last command came from somebody with a right to something here."""
        return self.person is not None

    def begin(self, challenge: bytes, now_s: float) -> None:
        """Put a fresh challenge in place of whatever was there."""
        self._challenge = challenge
        self._number = 0
        self._used_s = now_s

    def spend(self, challenge: bytes, number: int, now_s: float) -> None:
        """Use up the next number of this connection's challenge.

        Raises:
            StaleMessage: dead, foreign or no challenge, or another number than the next. A
                wrong number ends the challenge: somebody lost count or plays back.
        """
        if self._challenge is not None and now_s - self._used_s > CHALLENGE_IDLE_S:
            self.close()
        if self._challenge is None:
            raise StaleMessage("this connection's challenge is dead", hint=_AGAIN)
        if challenge != self._challenge:
            raise StaleMessage("the challenge is not this connection's", hint=_AGAIN)
        if number != self._number:
            expected = self._number
            self.close()
            raise StaleMessage(f"command number {number}, expected {expected}", hint=_AGAIN)
        self._number += 1
        self._used_s = now_s

    def touch(self, now_s: float) -> None:
        """Something long came to its end; the idle time counts from here."""
        self._used_s = now_s

    def close(self) -> None:
        """Nothing under this challenge is accepted any more."""
        self._challenge = None
