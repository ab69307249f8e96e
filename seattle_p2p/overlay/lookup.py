"""One iterative search for the best live peers of a target (Kademlia, section 2.3).

A window instead of rounds: `alpha` queries are on their way that are not slow; a slow peer
keeps its place but another one is asked beside it, and its late reply still counts. Says whom
to ask and when it is done; neither sends nor waits.

Somebody may name peers that are not there: whose word counts is for `hearsay` to say.
"""

from collections.abc import Iterable
from typing import Final

from seattle_p2p.overlay.candidates import (
    ANSWERED,
    ASKED,
    FRESH,
    GIVEN_UP,
    SLOW,
    Candidate,
    Candidates,
)
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.hearsay import Hearsay

_WITNESSES: Final = 8
_OF_WITNESSES: Final = 4
"""Of the eight nearest to somebody that answered, three in four name it: 95 % of those who
live and are slow, 15 % of the dead, in a network that loses 2 % of its nodes in an hour."""


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
        self._left = most_requests
        self._avoid = set(avoid)
        self._taken = taken
        self._hearsay = Hearsay()
        self._candidates = Candidates(target, k, region, self._hearsay)
        self._named_at: dict[Endpoint, int] = {}
        self._disputed: set[Endpoint] = set()
        """Endpoints at which several ids were named: whichever answers is there."""
        self._asked_at: dict[Endpoint, int] = {}
        self._given_up: set[Candidate] = set()
        """Those that were asked and fell silent: not those never asked at all."""
        self._prompt = 0
        self._slow = 0
        self._in_flight = 0
        self._chosen: list[Candidate] | None = None
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
        candidates = self._candidates
        answered = [each for each in candidates.nearest_first if each.state == ANSWERED]
        return [candidate.peer for candidate in candidates.choose(answered)]

    def hops(self, peer: Peer) -> int:
        """Questions that led to a candidate, itself included: 1 for one that we knew."""
        hops, candidate = 1, self._candidates.find(peer.id)
        while candidate is not None and not candidate.is_known:
            first = self._hearsay.first(candidate.names)
            hops, candidate = hops + 1, self._candidates.find(first.id)
        return hops

    def missing(self) -> list[tuple[Peer, list[Peer]]]:
        """Whom nobody answered for though it was named, nearest first, and who named it."""
        given_up = sorted(self._given_up, key=lambda each: each.peer.id ^ self.target)
        return [(each.peer, self._hearsay.tellers(each.names)) for each in given_up]

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
            if candidate.state != ANSWERED:
                return False
        return True

    @property
    def all_answered(self) -> bool:
        """Whether each of the k best has answered, and there is one."""
        best = self._best()
        return bool(best) and all(candidate.state == ANSWERED for candidate in best)

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
        if not any(candidate.state == ANSWERED for candidate in tellers):
            return self._alpha
        return max(self._k if self._eager else self._k // 2, self._alpha)

    def ask_widely(self) -> None:
        """Await answers one by one no longer."""
        self._one_by_one = 0

    def on_reply(self, peer: Peer, found: Iterable[Peer]) -> None:
        """Take in the peers that `peer` answered with."""
        self._learn_seeds_left()
        candidate = self._candidates.find(peer.id)
        if candidate is None:
            return
        if candidate.state == GIVEN_UP:
            self._take_back(candidate)
        if self._settle(candidate):
            self._judge(candidate, -int(candidate.state == SLOW), 1)
            candidate.state = ANSWERED
            if self._hearsay.any_is_doubted:
                self._chosen = None
            candidate.bit = self._hearsay.add(candidate.peer)
            if peer.endpoint in self._disputed:
                self._give_up_others_at(peer.endpoint)
            self._learn(found, candidate.bit)

    def on_slow(self, peer: Peer) -> None:
        """`peer` takes long: somebody else may be asked beside it."""
        self._learn_seeds_left()
        candidate = self._candidates.find(peer.id)
        if candidate is not None and candidate.state == ASKED:
            candidate.state = SLOW
            self._slow += 1
            self._prompt -= 1
            self._one_by_one = 0
            self._judge(candidate, 1, 0)

    def on_silence(self, peer: Peer) -> None:
        """Give `peer` up, so that the next best moves into the best k; a late reply counts."""
        self._learn_seeds_left()
        candidate = self._candidates.find(peer.id)
        if candidate is not None and self._settle(candidate):
            self._judge(candidate, int(candidate.state == ASKED), 0)
            candidate.state = GIVEN_UP
            self._given_up.add(candidate)
            del self._asked_at[candidate.peer.endpoint]
            self._drop_given_up()

    def is_widely_named(self, peer: Peer) -> bool:
        """Whether nearly all who answered nearest to `peer` name it.

        They know whoever lives beside them, and mostly forget soon who does not.
        """
        near = sorted(
            (each.peer.id ^ peer.id, each.bit)
            for each in self._candidates.nearest_first
            if each.state == ANSWERED
        )
        witnesses = [bit for _, bit in near[:_WITNESSES]]
        candidate = self._candidates.find(peer.id)
        named = 0 if candidate is None else candidate.names
        names = sum(1 for bit in witnesses if bit & named)
        return names * _OF_WITNESSES >= len(witnesses) * (_OF_WITNESSES - 1)

    # Private steps

    def _best(self) -> list[Candidate]:
        chosen = self._chosen
        if chosen is None:
            credible = self._credible()
            chosen = self._chosen = self._candidates.choose(credible)
        return chosen

    def _credible(self) -> list[Candidate]:
        return self._candidates.credible(is_path=self._taken is not None)

    def _take_back(self, candidate: Candidate) -> None:
        """Somebody given up is there after all: as if it were only slow."""
        peer = candidate.peer
        if peer.endpoint in self._asked_at or candidate not in self._given_up:
            return
        self._given_up.discard(candidate)
        self._asked_at[peer.endpoint] = peer.id
        candidate.state = SLOW
        self._slow += 1
        self._in_flight += 1
        self._one_by_one += 1
        self._candidates.put_back(candidate)
        self._chosen = None

    def _drop_given_up(self) -> None:
        self._candidates.drop_given_up()
        self._chosen = None

    def _give_up_others_at(self, endpoint: Endpoint) -> None:
        for candidate in self._candidates.nearest_first:
            if candidate.peer.endpoint == endpoint and candidate.state == FRESH:
                candidate.state = GIVEN_UP
        self._drop_given_up()

    def _leave_to_others(self, taken: set[int]) -> None:
        """Give up whom another path has asked meanwhile."""
        theirs = [
            each
            for each in self._candidates.nearest_first
            if each.state == FRESH and each.peer.id in taken
        ]
        for candidate in theirs:
            candidate.state = GIVEN_UP
        if theirs:
            self._drop_given_up()

    def _unclaimed(self, most: int) -> list[Peer]:
        """Candidates to ask now, none at an endpoint where somebody else was asked."""
        asked_at = self._asked_at
        fresh: list[Peer] = []
        for candidate in self._prospects():
            if candidate.state != FRESH:
                continue
            peer = candidate.peer
            if peer.endpoint not in asked_at and self._is_backed(candidate):
                asked_at[peer.endpoint] = peer.id
                candidate.state = ASKED
                fresh.append(peer)
                if len(fresh) == most:
                    break
        return fresh

    def _is_backed(self, candidate: Candidate) -> bool:
        """Whether to ask a candidate now, on our own account or on that of a teller."""
        return candidate.is_known or self._hearsay.rely(candidate.names)

    def _judge(self, candidate: Candidate, nothing: int, somebody: int) -> None:
        """Note what became of a candidate to the accounts of who named it."""
        if candidate.is_known:
            return
        if self._hearsay.judge(candidate.names, nothing, somebody):
            self._chosen = None

    def _prospects(self) -> list[Candidate]:
        """What the best will be if none of the slow peers answers any more.

        Those who would move up are asked now, not when the slow ones are given up: after many
        deaths one waits out one deadline, not one after the other.
        """
        if not self._slow:
            return self._best()
        quick = [each for each in self._credible() if each.state != SLOW]
        return self._candidates.choose(quick)

    def _settle(self, candidate: Candidate) -> bool:
        """Wait for it no longer; false when nobody did."""
        if candidate.state == ASKED:
            self._prompt -= 1
        elif candidate.state == SLOW:
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
        candidates, avoid = self._candidates, self._avoid
        for peer in peers:
            candidate = candidates.find(peer.id)
            if candidate is not None:
                candidate.names |= teller
            elif peer.id not in avoid and not self._has_answered_at(peer.endpoint):
                if self._named_at.setdefault(peer.endpoint, peer.id) != peer.id:
                    self._disputed.add(peer.endpoint)
                candidates.add(peer, teller)
                self._chosen = None
        if candidates.bound():
            self._chosen = None

    def _has_answered_at(self, endpoint: Endpoint) -> bool:
        """Whether somebody answered there: then nobody else is."""
        id = self._asked_at.get(endpoint)
        there = None if id is None else self._candidates.find(id)
        return there is not None and there.state == ANSWERED
