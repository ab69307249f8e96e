"""What we remember of addresses: who proved to be there, the token we got, how long it takes.

Only for addresses we wrote to ourselves or whose holder proved an id, so that nobody can fill
this memory with invented senders.
"""

from typing import Final

from seattle_p2p.overlay.acquaintance import Acquaintance
from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.overlay.params import Params, nanoseconds


class Acquaintances:
    """Addresses we know something about; when full, those not heard from for longest leave."""

    def __init__(self, params: Params) -> None:
        self._limit = params.max_acquaintances
        self._known: dict[Endpoint, Acquaintance] = {}
        self._times = RoundTrips(params)

    def __len__(self) -> int:
        return len(self._known)

    def at(self, endpoint: Endpoint) -> Acquaintance | None:
        """What we know of `endpoint`, if anything."""
        return self._known.get(endpoint)

    def meet(self, endpoint: Endpoint) -> Acquaintance:
        """The same, made now if need be."""
        known = self._known.get(endpoint)
        if known is None:
            if len(self._known) >= self._limit:
                self._make_room()
            known = self._known[endpoint] = Acquaintance()
        return known

    def forget(self, endpoint: Endpoint) -> None:
        """Know nothing of `endpoint` any more."""
        self._known.pop(endpoint, None)

    def _make_room(self) -> None:
        """Forget a quarter, of those not met just now.

        To keep all of them in order of use would cost time at every datagram.
        """
        a_quarter = -(-self._limit // 4)
        met_before = max(len(self._known) - a_quarter, 1)
        heard = [(each.heard, number) for number, each in enumerate(self._known.values())]
        leaving = {number for _, number in sorted(heard[:met_before])[:a_quarter]}
        # Anew, for what was deleted would take up room until the next growth.
        self._known = {
            where: each
            for number, (where, each) in enumerate(self._known.items())
            if number not in leaving
        }

    def on_round_trip(self, known: Acquaintance, took: int, now: int) -> None:
        """`known` answered, at `now`, after `took` nanoseconds."""
        known.round_trip, known.deviation = _smooth(known.round_trip, known.deviation, took)
        self._times.learn(took, now)

    @property
    def usual_trip(self) -> int:
        """Smoothed round trip to all of them, in nanoseconds; 0 while none was measured."""
        return self._times.mean

    def deadlines(self, known: Acquaintance, patience: int = 1) -> tuple[int, int]:
        """How long to wait before `known` counts as slow, and before it counts as silent."""
        return self._times.deadlines(known.round_trip, known.deviation, patience)

    def deadlines_afar(self, known: Acquaintance) -> tuple[int, int, int]:
        """The same where peers are far and somebody waits: slow, overdue, late."""
        return self._times.deadlines_afar(known.round_trip, known.deviation)


_MOST_LATE: Final = 4
"""A late answer counts for so many times what was usual, at most."""
_RISE: Final = 8
_FALL: Final = 152
"""The long round trip rises by one in 8 with each answer that takes longer and falls by one in
152 with each that does not, so that it settles where one in 20 takes longer."""
_SLOW_AFAR: Final = 0.7
_SLOW_OF_OWN: Final = 1.2
_LATE_AFAR: Final = 1.7
_OVERDUE_OF_OWN: Final = 2
_LATE_OF_OWN: Final = 3
"""Among 1,000 nodes of planetlab a lookup misses 1 in 10,000 of those it should find."""


class RoundTrips:
    """When to lose patience (after RFC 6298, section 2).

    A peer not measured yet is expected to be like the others.
    """

    def __init__(self, params: Params) -> None:
        self._soft_floor = nanoseconds(params.soft_floor_s)
        self._soft_first = nanoseconds(params.soft_first_s)
        self._hard_floor = nanoseconds(params.hard_floor_s)
        self._hard_cap = nanoseconds(params.hard_cap_s)
        self._vouched_floor = nanoseconds(params.vouched_s)
        self.mean = 0
        self._deviation = 0
        self._long = 0
        """What one in twenty of all answers takes longer than: it shrugs at a single one."""
        self._late_at = 0
        self._late_beyond = 0

    def learn(self, took: int, now: int) -> None:
        """Some peer answered, at `now`, after `took` nanoseconds.

        Answers that are late together have one reason: a crowd before a busy machine, or this
        one's standing still. Those asked before the first late one had come count for no more
        than a few times what was usual until then, so that it grows with each round of
        questions.
        """
        if took > self._long:
            self._long = self._long + self._long // _RISE or 2 * took
        else:
            self._long -= self._long // _FALL
        if 0 < self._late_beyond < took and now - took < self._late_at:
            took = min(took, _MOST_LATE * self._late_beyond)
        else:
            usual = self.mean + 4 * self._deviation
            if self.mean and took > usual:
                self._late_at, self._late_beyond = now, usual
                took = min(took, _MOST_LATE * usual)
        self.mean, self._deviation = _smooth(self.mean, self._deviation, took)

    def deadlines(self, mean: int, deviation: int, patience: int = 1) -> tuple[int, int]:
        """Soft and hard deadline for a peer of that smoothed mean (0: unknown) and deviation.

        The soft one is mean + 4 deviations of the peer or of all peers, whichever is less: who
        was slow once, or is far away, gets company early. The hard one is three times the
        peer's, whose deviations count for at most twice what is usual of all; at least the
        floor, times `patience`, at most the cap: to ask somebody else costs little, to call a
        live peer silent costs its place.
        """
        if not self.mean:
            return self._soft_first, self._hard_cap
        usual_of_all = self.mean + 4 * self._deviation
        usual = mean + 4 * deviation if mean else usual_of_all
        soft = max(min(usual, usual_of_all), self._soft_floor)
        if mean:
            # One sample taken while a machine stood still must not hold for minutes.
            usual = mean + min(4 * deviation, 2 * usual_of_all)
        hard = min(max(3 * usual, self._hard_floor) * patience, self._hard_cap)
        return min(soft, hard), hard

    def deadlines_afar(self, mean: int, deviation: int) -> tuple[int, int, int]:
        """When a peer is slow, overdue, and late even for one of whom we hear that it lives.

        Where peers are far and somebody waits, questions cost less than time. The mean and
        deviations of all peers tell little there: a few are very far, and one late answer of
        theirs would double what everybody else is waited for.
        """
        long = self._long or self._soft_first
        usual = min(mean + 4 * deviation, long) if mean else long
        slow = max(int(_SLOW_AFAR * usual), int(_SLOW_OF_OWN * mean))
        overdue = max(long, _OVERDUE_OF_OWN * mean)
        late = max(int(_LATE_AFAR * long), _LATE_OF_OWN * mean, self._vouched_floor)
        return slow, overdue, late


def _smooth(mean: int, deviation: int, took: int) -> tuple[int, int]:
    if not mean:
        return max(took, 1), took // 2
    off = took - mean
    return mean + off // 8, deviation + (abs(off) - deviation) // 4
