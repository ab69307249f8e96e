"""One iterative search for the best live peers of a target (Kademlia, section 2.3).

A window instead of rounds: `alpha` queries are on their way that are not slow; a slow peer
keeps its place but another one is asked beside it, and its late reply still counts. Says whom
to ask and when it is done; neither sends nor waits.

Somebody may name peers that are not there: whose word counts is for `hearsay` to say.
"""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Final

from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.hearsay import Hearsay
from seattle_p2p.overlay.order import REGION_FACTOR, best, with_region

_FRESH: Final = 0
_ASKED: Final = 1
_SLOW: Final = 2
_ANSWERED: Final = 3
_GIVEN_UP: Final = 4
_MOST_FACTOR: Final = 8
_FEWEST: Final = 160
"""The list of candidates has at most so many times k, but room for so many on one of several
paths as well, where k is small and liars name as many as elsewhere."""
_WITNESSES: Final = 8
_OF_WITNESSES: Final = 4
"""Of the eight nearest to somebody that answered, three in four name it: 95 % of those who
live and are slow, 15 % of the dead, in a network that loses 2 % of its nodes in an hour."""


class _Candidate:
    """A peer that may be among the best, and how far we are with it."""

    __slots__ = ("bit", "is_known", "names", "peer", "state")

    def __init__(self, peer: Peer, is_known: bool) -> None:
        self.peer = peer
        self.state = _FRESH
        self.is_known = is_known
        """Whether we knew it ourselves: nobody answers for it."""
        self.names = 0
        """Bits of those who named it; see `hearsay`."""
        self.bit = 0
        """Its own, once it has answered."""


class Lookup:
    """Find the best `k` live peers of a target.

    Ask `queries` whom to query, report what came of each with `on_reply`, `on_slow` or
    `on_silence`, stop when `done`.

    Args:
        target: Identifier looked for, 0 <= target < 2**160.
        seeds: Peers already known.
        k: How many peers to find.
        alpha: Most queries in flight that are not slow.
        one_by_one: So many answers are awaited one by one first, while none is slow and until
            `ask_widely`.
        eager: Whether time is worth more than queries: all of the best k are asked at once
            as soon as the end is near.
        most_requests: Bound on queries, whatever the answers say.
        region: Peers within this distance are looked for, too, up to 3k in all.
        avoid: Ids that are never candidates, such as our own.
        taken: Ids that were asked by any of several disjoint paths (S/Kademlia, section 4.4),
            which share the set; nobody is asked by two of them.
    """

    def __init__(
        self,
        target: int,
        seeds: Iterable[Peer],
        *,
        k: int,
        alpha: int,
        most_requests: int,
        eager: bool = False,
        one_by_one: int = 0,
        region: int = 0,
        avoid: Iterable[int] = (),
        taken: set[int] | None = None,
    ) -> None:
        self.target = target
        self._k = k
        self._alpha = alpha
        self._eager = eager
        self._one_by_one = one_by_one
        self._region = region
        self._left = most_requests
        self._avoid = set(avoid)
        self._taken = taken
        self._distances: list[int] = []
        """Of the candidates, rising; no two are the same."""
        self._candidates: list[_Candidate] = []
        """By rising distance, without those given up."""
        self._by_id: dict[int, _Candidate] = {}
        """All that were not forgotten."""
        self._hearsay = Hearsay()
        self._named_at: dict[Endpoint, int] = {}
        self._disputed: set[Endpoint] = set()
        """Endpoints at which several ids were named: whichever answers is there."""
        self._asked_at: dict[Endpoint, int] = {}
        self._given_up: set[Peer] = set()
        """Those that were asked and fell silent: not those never asked at all."""
        self._groups: set[bytes] = set()
        self._is_crowded = False
        """Whether any two candidates share an IP group; else the nearest are the best."""
        self._prompt = 0
        self._slow = 0
        self._in_flight = 0
        self._chosen: list[_Candidate] | None = None
        """What `closest` was found to be, while that holds."""
        self.asked = 0
        seeds = list(seeds)
        self._seeds_left = seeds[one_by_one:] if one_by_one else []
        """Those who matter only if the first that is asked does not know everything."""
        self._learn(seeds[:one_by_one] if one_by_one else seeds, 0)

    @property
    def closest(self) -> list[Peer]:
        """The best k candidates not given up, best first; then the others of the region."""
        return [candidate.peer for candidate in self._best()]

    @property
    def answered(self) -> list[Peer]:
        """The best of those that answered: what the search found, best first."""
        answered = [each for each in self._candidates if each.state == _ANSWERED]
        return [candidate.peer for candidate in self._choose(answered)]

    def hops(self, peer: Peer) -> int:
        """Questions that led to a candidate, itself included: 1 for one that we knew."""
        hops, candidate = 1, self._by_id[peer.id]
        while not candidate.is_known:
            first = self._hearsay.first(candidate.names)
            hops, candidate = hops + 1, self._by_id[first.id]
        return hops

    def missing(self) -> list[tuple[Peer, list[Peer]]]:
        """Whom nobody answered for though it was named, nearest first, and who named it."""
        return [
            (peer, self._hearsay.tellers(self._by_id[peer.id].names))
            for peer in sorted(self._given_up, key=lambda p: p.id ^ self.target)
        ]

    @property
    def exhausted(self) -> bool:
        """Whether it may ask nobody any more, though it would have to."""
        return self._left <= 0

    @property
    def done(self) -> bool:
        """True once each of the k best has answered, or nobody may be asked any more."""
        if self._in_flight == 0 and self._left <= 0:
            return True
        for candidate in self._best():  # noqa: SIM110 - a generator would take twice as long
            if candidate.state != _ANSWERED:
                return False
        return True

    @property
    def all_answered(self) -> bool:
        """Whether each of the k best has answered, and there is one."""
        best = self._best()
        return bool(best) and all(candidate.state == _ANSWERED for candidate in best)

    def queries(self) -> list[Peer]:
        """Peers to query now; each is named once."""
        room = min(self._window - self._prompt, self._left)
        if room <= 0:
            return []
        if self._taken is not None:
            self._leave_to_others(self._taken)
        fresh = self._unclaimed(room)
        if self._taken is not None:
            self._taken.update(peer.id for peer in fresh)
        self._prompt += len(fresh)
        self._in_flight += len(fresh)
        self._left -= len(fresh)
        self.asked += len(fresh)
        return fresh

    @property
    def _window(self) -> int:
        """How many queries may be on their way that are not slow.

        Once the best candidate of all has answered, nobody named anyone closer and the rest of
        the best k is asked many at once (Kademlia, section 2.3): two round trips instead of
        six; all at once asks a quarter more than half of them, and some in vain. Who is eager
        does so, and as soon as anybody among the best k has answered: it would have named k
        who are closer if it were far. One of several disjoint paths leaves the others theirs.
        """
        if self._one_by_one > 0:
            return 1
        if self._taken is not None:
            return self._alpha
        best = self._best()
        tellers = best if self._eager else best[:1]
        if not any(candidate.state == _ANSWERED for candidate in tellers):
            return self._alpha
        return max(self._k if self._eager else self._k // 2, self._alpha)

    def ask_widely(self) -> None:
        """Await answers one by one no longer."""
        self._one_by_one = 0

    def on_reply(self, peer: Peer, found: Iterable[Peer]) -> None:
        """Take in the peers that `peer` answered with."""
        self._learn_seeds_left()
        candidate = self._by_id.get(peer.id)
        if candidate is None:
            return
        if candidate.state == _GIVEN_UP:
            self._take_back(candidate)
        if self._settle(candidate):
            self._judge(candidate, -int(candidate.state == _SLOW), 1)
            candidate.state = _ANSWERED
            if self._hearsay.any_is_doubted:
                self._chosen = None
            candidate.bit = self._hearsay.add(candidate.peer)
            if peer.endpoint in self._disputed:
                self._give_up_others_at(peer.endpoint)
            self._learn(found, candidate.bit)

    def on_slow(self, peer: Peer) -> None:
        """`peer` takes long: somebody else may be asked beside it."""
        self._learn_seeds_left()
        candidate = self._by_id.get(peer.id)
        if candidate is not None and candidate.state == _ASKED:
            candidate.state = _SLOW
            self._slow += 1
            self._prompt -= 1
            self._one_by_one = 0
            self._judge(candidate, 1, 0)

    def on_silence(self, peer: Peer) -> None:
        """Give `peer` up, so that the next best moves into the best k; a late reply counts."""
        self._learn_seeds_left()
        candidate = self._by_id.get(peer.id)
        if candidate is not None and self._settle(candidate):
            self._judge(candidate, int(candidate.state == _ASKED), 0)
            candidate.state = _GIVEN_UP
            self._given_up.add(candidate.peer)
            del self._asked_at[candidate.peer.endpoint]
            self._drop_given_up()

    def is_widely_named(self, peer: Peer) -> bool:
        """Whether nearly all who answered nearest to `peer` name it.

        They know whoever lives beside them, and mostly forget soon who does not.
        """
        near = sorted(
            (each.peer.id ^ peer.id, each.bit)
            for each in self._candidates
            if each.state == _ANSWERED
        )
        witnesses = [bit for _, bit in near[:_WITNESSES]]
        candidate = self._by_id.get(peer.id)
        named = 0 if candidate is None else candidate.names
        names = sum(1 for bit in witnesses if bit & named)
        return names * _OF_WITNESSES >= len(witnesses) * (_OF_WITNESSES - 1)

    # Private steps

    def _best(self) -> list[_Candidate]:
        chosen = self._chosen
        if chosen is None:
            chosen = self._chosen = self._choose(self._credible())
        return chosen

    def _take_back(self, candidate: _Candidate) -> None:
        """Somebody given up is there after all: as if it were only slow."""
        peer = candidate.peer
        if peer.endpoint in self._asked_at or peer not in self._given_up:
            return
        self._given_up.discard(peer)
        self._asked_at[peer.endpoint] = peer.id
        candidate.state = _SLOW
        self._slow += 1
        self._in_flight += 1
        self._one_by_one += 1
        self._insert(candidate)

    def _insert(self, candidate: _Candidate) -> None:
        distance = candidate.peer.id ^ self.target
        index = bisect_left(self._distances, distance)
        self._distances.insert(index, distance)
        self._candidates.insert(index, candidate)
        self._chosen = None

    def _keep(self, kept: list[_Candidate]) -> None:
        """Have these candidates, in their order, and no others."""
        self._candidates = kept
        self._distances = [candidate.peer.id ^ self.target for candidate in kept]
        self._chosen = None

    def _drop_given_up(self) -> None:
        self._keep([each for each in self._candidates if each.state != _GIVEN_UP])

    def _give_up_others_at(self, endpoint: Endpoint) -> None:
        for candidate in self._candidates:
            if candidate.peer.endpoint == endpoint and candidate.state == _FRESH:
                candidate.state = _GIVEN_UP
        self._drop_given_up()

    def _leave_to_others(self, taken: set[int]) -> None:
        """Give up whom another path has asked meanwhile."""
        theirs = [
            each for each in self._candidates if each.state == _FRESH and each.peer.id in taken
        ]
        for candidate in theirs:
            candidate.state = _GIVEN_UP
        if theirs:
            self._drop_given_up()

    def _unclaimed(self, most: int) -> list[Peer]:
        """Candidates to ask now, none at an endpoint where somebody else was asked."""
        asked_at = self._asked_at
        fresh: list[Peer] = []
        for candidate in self._prospects():
            if candidate.state != _FRESH:
                continue
            peer = candidate.peer
            if peer.endpoint not in asked_at and self._is_backed(candidate):
                asked_at[peer.endpoint] = peer.id
                candidate.state = _ASKED
                fresh.append(peer)
                if len(fresh) == most:
                    break
        return fresh

    def _is_backed(self, candidate: _Candidate) -> bool:
        """Whether to ask a candidate now, on our own account or on that of a teller."""
        return candidate.is_known or self._hearsay.rely(candidate.names)

    def _judge(self, candidate: _Candidate, nothing: int, somebody: int) -> None:
        """Note what became of a candidate to the accounts of who named it."""
        if candidate.is_known:
            return
        if self._hearsay.judge(candidate.names, nothing, somebody):
            self._chosen = None

    def _credible(self) -> list[_Candidate]:
        """Candidates, nearest first, without those that only doubted peers named.

        While many are doubted, only whom two others named counts. On one of several paths,
        which share no peer, near the target hardly anybody is named by two: there the rest
        merely has to wait until the best of those have answered.
        """
        if self._hearsay.many_are_doubted:
            credible = self._vouched_for(2)
            if len(credible) >= self._k and (
                self._taken is None
                or any(each.state != _ANSWERED for each in self._choose(credible))
            ):
                return credible
        return self._believed()

    def _believed(self) -> list[_Candidate]:
        """Candidates whom we knew or somebody not in doubt named; all, if those are too few."""
        if self._hearsay.any_is_doubted:
            believed = self._vouched_for(1)
            if len(believed) >= self._k:
                return believed
        return self._candidates

    def _vouched_for(self, words: int) -> list[_Candidate]:
        """Candidates that answered, were known to us, or were named by so many not in doubt."""
        return [
            each
            for each in self._candidates
            if each.is_known
            or each.state == _ANSWERED
            or self._hearsay.words(each.names) >= words
        ]

    def _prospects(self) -> list[_Candidate]:
        """What the best will be if none of the slow peers answers any more.

        Those who would move up are asked now, not when the slow ones are given up: after many
        deaths one waits out one deadline, not one after the other.
        """
        if not self._slow:
            return self._best()
        return self._choose([each for each in self._credible() if each.state != _SLOW])

    def _choose(self, nearest_first: list[_Candidate]) -> list[_Candidate]:
        """The best k of them, then the others of the region."""
        if not self._is_crowded:
            return self._nearest(nearest_first)
        peers = [candidate.peer for candidate in nearest_first]
        chosen = best(peers, self._k) if len(self._groups) > 1 else peers[: self._k]
        chosen = with_region(chosen, peers, self.target, self._region, self._k)
        return [self._by_id[peer.id] for peer in chosen]

    def _nearest(self, nearest_first: list[_Candidate]) -> list[_Candidate]:
        """The same where no two share an IP group, as mostly."""
        k = self._k
        chosen = nearest_first[:k]
        if self._region:
            for candidate in nearest_first[k : REGION_FACTOR * k]:
                if candidate.peer.id ^ self.target > self._region:
                    break
                chosen.append(candidate)
        return chosen

    def _settle(self, candidate: _Candidate) -> bool:
        """Wait for it no longer; false when nobody did."""
        if candidate.state == _ASKED:
            self._prompt -= 1
        elif candidate.state == _SLOW:
            self._slow -= 1
        else:
            return False
        self._in_flight -= 1
        self._one_by_one -= 1
        return True

    def _learn_seeds_left(self) -> None:
        if self._seeds_left:
            self._learn(self._seeds_left, 0)
            self._seeds_left = []

    def _learn(self, peers: Iterable[Peer], teller: int) -> None:
        """Take up candidates not met before, named by the one of that bit; 0: known to us."""
        by_id, avoid = self._by_id, self._avoid
        for peer in peers:
            candidate = by_id.get(peer.id)
            if candidate is not None:
                candidate.names |= teller
            elif peer.id not in avoid and not self._has_answered_at(peer.endpoint):
                if self._named_at.setdefault(peer.endpoint, peer.id) != peer.id:
                    self._disputed.add(peer.endpoint)
                by_id[peer.id] = candidate = _Candidate(peer, not teller)
                candidate.names = teller
                self._is_crowded = self._is_crowded or peer.group in self._groups
                self._groups.add(peer.group)
                self._insert(candidate)
        most = max(_MOST_FACTOR * self._k, _FEWEST)
        if len(self._candidates) > most:
            self._forget_beyond(most * 3 // 4)

    def _has_answered_at(self, endpoint: Endpoint) -> bool:
        """Whether somebody answered there: then nobody else is."""
        id = self._asked_at.get(endpoint)
        return id is not None and self._by_id[id].state == _ANSWERED

    def _forget_beyond(self, limit: int) -> None:
        """Keep the best of those that are believed; no IP group drives out the others.

        Nor does anybody's word: half of the room is for whom two named, or whom we knew, and
        the rest for everybody who named somebody alike. A few liars fill the list else, and
        when they come into doubt nobody is left.
        """
        vouched_for = [each.peer for each in self._vouched_for(2)]
        kept = {peer.id for peer in best(vouched_for, limit // 2)}
        others = [each for each in self._believed() if each.peer.id not in kept]
        kept.update(each.peer.id for each in _in_turn(others)[: limit - len(kept)])
        for candidate in self._candidates:
            if candidate.peer.id not in kept and candidate.state == _FRESH:
                del self._by_id[candidate.peer.id]
        self._keep([each for each in self._candidates if each.peer.id in kept])


def _in_turn(nearest_first: list[_Candidate]) -> list[_Candidate]:
    """First those nearest of their IP group and of whom their teller named, then seconds."""
    in_group: dict[bytes, int] = {}
    of_teller: dict[int, int] = {}
    ranked: list[tuple[int, _Candidate]] = []
    for candidate in nearest_first:
        group, first = candidate.peer.group, candidate.names & -candidate.names
        ranks = in_group.get(group, 0), of_teller.get(first, 0)
        in_group[group], of_teller[first] = ranks[0] + 1, ranks[1] + 1
        ranked.append((max(ranks), candidate))
    ranked.sort(key=lambda entry: entry[0])
    return [candidate for _, candidate in ranked]
