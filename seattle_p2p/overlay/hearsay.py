"""Whose word counts in one lookup: who named whom, and what came of it.

Somebody may name peers that are not there. Once most of what a teller named proved to be
nothing, nobody is asked on its word alone; when that has happened twice, two others have to
name whom we do not know, or, on one of several paths, it is asked last.

Tellers are numbered in the order in which they answered, and who named a peer is a set of bits,
the first teller's the lowest: a lookup hears twenty names an answer, so that a name must not
cost more than a bit.
"""

from typing import Final

from seattle_p2p.overlay.contact import Peer

_NOTHINGS: Final = 4
"""So many of the peers that somebody named have to be slow, silent or somebody else, and two in
three of those tried, before its word is doubted: one in three may be dead after a disaster."""
_TOO_MANY_LIARS: Final = 2


class Hearsay:
    """Keeps the accounts of those who answered a lookup."""

    def __init__(self) -> None:
        self._tellers: list[Peer] = []
        self._nothings: list[int] = []
        self._somebodies: list[int] = []
        self._relied_on: list[int] = []
        """How many were asked on each teller's word so far."""
        self._all_were_somebody = True
        self._doubted = 0
        """Bits of those who named mostly nobody."""

    def add(self, teller: Peer) -> int:
        """Take in that a peer has answered: the bit that stands for it from here on."""
        bit = 1 << len(self._tellers)
        self._tellers.append(teller)
        self._nothings.append(0)
        self._somebodies.append(0)
        self._relied_on.append(0)
        return bit

    def tellers(self, names: int) -> list[Peer]:
        """Those whose bits are set, in the order in which they answered."""
        return [teller for number, teller in enumerate(self._tellers) if names >> number & 1]

    def first(self, names: int) -> Peer:
        """The one of them that answered first; there has to be one."""
        number = 0
        while not names >> number & 1:
            number += 1
        return self._tellers[number]

    @property
    def any_is_doubted(self) -> bool:
        """Whether anybody is in doubt."""
        return self._doubted != 0

    @property
    def many_are_doubted(self) -> bool:
        """Whether so many are that one word is not enough."""
        return self._doubted.bit_count() >= _TOO_MANY_LIARS

    def words(self, names: int) -> int:
        """How many of those who named a peer are not in doubt."""
        return (names & ~self._doubted).bit_count()

    def judge(self, names: int, nothing: int, somebody: int) -> bool:
        """Note what became of a peer to the accounts of who named it.

        Args:
            names: Bits of those who did.
            nothing: 1 when it proved to be nothing, -1 when that is taken back.
            somebody: 1 when it answered.

        Returns:
            Whether anybody came into doubt, or out of it.
        """
        # Nobody named a nothing so far: so it mostly is, and nobody can come into doubt.
        is_easy = self._all_were_somebody and nothing <= 0
        self._all_were_somebody = is_easy
        before = self._doubted
        somebodies, number = self._somebodies, 0
        while names:
            if names & 1:
                somebodies[number] += somebody
                if not is_easy:
                    self._weigh(number, nothing)
            names >>= 1
            number += 1
        return self._doubted != before

    def rely(self, names: int) -> bool:
        """Whether to ask a peer now; if so, that is to the account of one who named it.

        Nobody is relied on for so many at a time that it would be in doubt already if none of
        those under way answered: else a liar costs as many requests as it names peers, a third
        of what a lookup may ask, before anything has come of the first.
        """
        left, number = names, 0
        while left:
            if left & 1 and not self._doubted >> number & 1:
                so_far, good = self._relied_on[number], self._somebodies[number]
                if not _is_doubtful(so_far - good, good):
                    self._relied_on[number] = so_far + 1
                    return True
            left >>= 1
            number += 1
        # With nobody but doubted ones behind it, it is a candidate for want of others.
        return not names & ~self._doubted

    def _weigh(self, number: int, nothing: int) -> None:
        # Who named it only after it was found to be slow was not charged for that.
        nothings = self._nothings[number] = max(self._nothings[number] + nothing, 0)
        bit = 1 << number
        if _is_doubtful(nothings, self._somebodies[number]):
            self._doubted |= bit
        else:
            self._doubted &= ~bit


def _is_doubtful(nothings: int, somebodies: int) -> bool:
    """Whether who named so many that proved to be nothing, and so many others, is doubted."""
    return nothings >= _NOTHINGS and nothings > 2 * somebodies
