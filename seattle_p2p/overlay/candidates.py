"""The candidates of one lookup: who may be among the best of its target, and who is believed.

Ordered by distance, bounded in number. Which of them are best follows from `order`, whose word
counts from `hearsay`; whom to ask, and when, is for `lookup` to say.
"""

from bisect import bisect_left
from typing import Final

from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.hearsay import Hearsay
from seattle_p2p.overlay.order import REGION_FACTOR, best, with_region

FRESH: Final = 0
ASKED: Final = 1
SLOW: Final = 2
ANSWERED: Final = 3
GIVEN_UP: Final = 4

_MOST_FACTOR: Final = 8
_LEAST_ROOM: Final = 160
"""There are at most so many times k, but room for so many on one of several paths as well,
where k is small and liars name as many as elsewhere."""
_KEPT_SHARE: Final = 0.75
"""So many of them stay when there are too many."""


class Candidate:
    """A peer that may be among the best, and how far we are with it.

    Args:
        peer: Who.
        names: Bits of those who named it (`hearsay`); 0 for one that we knew.
    """

    __slots__ = ("bit", "is_known", "names", "peer", "state")

    def __init__(self, peer: Peer, names: int) -> None:
        self.peer = peer
        self.state = FRESH
        self.is_known = not names
        """Whether we knew it ourselves: nobody answers for it."""
        self.names = names
        self.bit = 0
        """Its own, once it has answered."""


class Candidates:
    """Peers by rising distance from a target, without those given up.

    Args:
        target: 0 <= target < 2**160.
        k: How many are to be the best.
        region: Peers within this distance are wanted, too, up to 3k in all.
        hearsay: The lookup's own.
    """

    def __init__(self, target: int, k: int, region: int, hearsay: Hearsay) -> None:
        self._target = target
        self._k = k
        self._region = region
        self._hearsay = hearsay
        self._distances: list[int] = []
        """Of those in `nearest_first`; no two are the same."""
        self.nearest_first: list[Candidate] = []
        self._by_id: dict[int, Candidate] = {}
        """Those given up as well, but not those forgotten."""
        self._groups: set[bytes] = set()
        self._is_crowded = False
        """Whether any two share an IP group; else the nearest are the best."""

    def find(self, id: int) -> Candidate | None:
        """The candidate of that id, given up or not; None when there is none, or no more."""
        return self._by_id.get(id)

    def add(self, peer: Peer, names: int) -> None:
        """Take up a peer that is none yet, named by those; see `Candidate`."""
        candidate = self._by_id[peer.id] = Candidate(peer, names)
        self._is_crowded = self._is_crowded or peer.group in self._groups
        self._groups.add(peer.group)
        self.put_back(candidate)

    def put_back(self, candidate: Candidate) -> None:
        """Have one in its place that was given up."""
        distance = candidate.peer.id ^ self._target
        index = bisect_left(self._distances, distance)
        self._distances.insert(index, distance)
        self.nearest_first.insert(index, candidate)

    def drop_given_up(self) -> None:
        """Leave those out that were given up meanwhile; they can still be found."""
        self._keep([each for each in self.nearest_first if each.state != GIVEN_UP])

    def bound(self) -> bool:
        """Forget some if there are too many; whether there were.

        Whom we asked stays: it may still answer, and nobody's naming it again would bring it
        back. Of the others, the best of those that are believed do; no IP group drives out the
        others. Nor does anybody's word: half of the room is for whom two named, or whom we
        knew, and the rest for everybody who named somebody alike. A few liars fill the list
        else, and when they come into doubt nobody is left.
        """
        most = max(_MOST_FACTOR * self._k, _LEAST_ROOM)
        if len(self.nearest_first) <= most:
            return False
        room = int(most * _KEPT_SHARE)
        vouched_for = [each.peer for each in self._vouched_for(2)]
        kept = {peer.id for peer in best(vouched_for, room // 2)}
        kept.update(each.peer.id for each in self.nearest_first if each.state != FRESH)
        others = [each for each in self._believed() if each.peer.id not in kept]
        kept.update(each.peer.id for each in _in_turn(others)[: max(room - len(kept), 0)])
        for candidate in self.nearest_first:
            if candidate.peer.id not in kept:
                del self._by_id[candidate.peer.id]
        self._keep([each for each in self.nearest_first if each.peer.id in kept])
        return True

    def credible(self, *, is_path: bool) -> list[Candidate]:
        """Candidates, nearest first, without those that only doubted peers named.

        While many are doubted, only whom two others named counts. On one of several paths,
        which share no peer, near the target hardly anybody is named by two: there the rest
        merely has to wait until the best of those have answered.
        """
        if self._hearsay.many_are_doubted:
            credible = self._vouched_for(2)
            if len(credible) >= self._k and (
                not is_path or any(each.state != ANSWERED for each in self.choose(credible))
            ):
                return credible
        return self._believed()

    def choose(self, nearest_first: list[Candidate]) -> list[Candidate]:
        """The best k of some candidates, then the others of the region."""
        if not self._is_crowded:
            return self._nearest_with_region(nearest_first)
        peers = [candidate.peer for candidate in nearest_first]
        chosen = best(peers, self._k) if len(self._groups) > 1 else peers[: self._k]
        chosen = with_region(chosen, peers, self._target, self._region, self._k)
        return [self._by_id[peer.id] for peer in chosen]

    def _nearest_with_region(self, nearest_first: list[Candidate]) -> list[Candidate]:
        """The same where no two share an IP group, as mostly."""
        k = self._k
        chosen = nearest_first[:k]
        if self._region:
            for candidate in nearest_first[k : REGION_FACTOR * k]:
                if candidate.peer.id ^ self._target > self._region:
                    break
                chosen.append(candidate)
        return chosen

    def _believed(self) -> list[Candidate]:
        """Those whom we knew or somebody not in doubt named; all, if those are too few."""
        if self._hearsay.any_is_doubted:
            believed = self._vouched_for(1)
            if len(believed) >= self._k:
                return believed
        return self.nearest_first

    def _vouched_for(self, words: int) -> list[Candidate]:
        """Those that answered, were known to us, or were named by so many not in doubt."""
        return [
            each
            for each in self.nearest_first
            if each.is_known
            or each.state == ANSWERED
            or self._hearsay.words(each.names) >= words
        ]

    def _keep(self, kept: list[Candidate]) -> None:
        self.nearest_first = kept
        self._distances = [candidate.peer.id ^ self._target for candidate in kept]


def _in_turn(nearest_first: list[Candidate]) -> list[Candidate]:
    """First those nearest of their IP group and of whom their teller named, then seconds."""
    in_group: dict[bytes, int] = {}
    of_teller: dict[int, int] = {}
    ranked: list[tuple[int, Candidate]] = []
    for candidate in nearest_first:
        group, first = candidate.peer.group, candidate.names & -candidate.names
        ranks = in_group.get(group, 0), of_teller.get(first, 0)
        in_group[group], of_teller[first] = ranks[0] + 1, ranks[1] + 1
        ranked.append((max(ranks), candidate))
    ranked.sort(key=lambda entry: entry[0])
    return [candidate for _, candidate in ranked]
