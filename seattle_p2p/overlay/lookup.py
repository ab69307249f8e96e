"""One iterative search for the best live peers of a target (Kademlia, section 2.3).

A window instead of rounds: `alpha` queries are on their way that are not slow; a slow peer
keeps its place but another one is asked beside it, and its late reply still counts. Says whom
to ask and when it is done; neither sends nor waits.

Somebody may name peers that are not there. Every candidate remembers who named it; once most
of what a peer named proved to be nothing, nobody is asked on its word alone. When that has
happened twice, those that two others name are asked before those that one does.
"""

from bisect import insort
from collections.abc import Iterable

from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.order import best, with_region

_FRESH, _ASKED, _SLOW, _ANSWERED, _GIVEN_UP = range(5)
_MOST_FACTOR, _FEWEST = 8, 160
"""The list of candidates has at most so many times k, but room for so many on one of several
paths as well, where k is small and liars name as many as elsewhere."""
_NOTHINGS = 4
"""So many of the peers that somebody named have to be slow, silent or somebody else, and two in
three of those tried, before its word is doubted: one in three may be dead after a disaster."""
_TOO_MANY_LIARS = 2
_WITNESSES, _OF_WITNESSES = 8, 4
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
        self._region = region
        self._left = most_requests
        self._avoid = set(avoid)
        self._taken = taken
        self._candidates: list[tuple[int, Peer]] = []
        """By rising distance; no two have the same."""
        self._states: dict[int, int] = {}
        self._named_at: dict[Endpoint, int] = {}
        self._disputed: set[Endpoint] = set()
        """Endpoints at which several ids were named: whichever answers is there."""
        self._asked_at: dict[Endpoint, int] = {}
        self._named_by: dict[int, list[int]] = {}
        """By candidate: who named it."""
        self._known: set[int] = set()
        """Candidates that we knew ourselves: nobody answers for them."""
        self._nothings: dict[int, int] = {}
        self._somebodies: dict[int, int] = {}
        self._relied_on: dict[int, int] = {}
        """By who named somebody: how many were asked on its word so far."""
        self._doubted: set[int] = set()
        """Those who named mostly nobody."""
        self._given_up: set[Peer] = set()
        """Those that were asked and fell silent: not those never asked at all."""
        self._groups: set[bytes] = set()
        self._prompt = 0
        self._slow = 0
        self._in_flight = 0
        self._closest: list[Peer] | None = None
        self.asked = 0
        seeds = list(seeds)
        self._seeds_left = seeds[one_by_one:] if one_by_one else []
        """Those who matter only if the first that is asked does not know everything."""
        self._learn(seeds[:one_by_one] if one_by_one else seeds)

    @property
    def closest(self) -> list[Peer]:
        """The best k candidates not given up, best first; then the others of the region."""
        closest = self._closest
        if closest is None:
            closest = self._closest = self._choose(self._credible())
        return closest

    @property
    def answered(self) -> list[Peer]:
        """The best of those that answered: what the search found, best first."""
        states = self._states
        return self._choose([p for _, p in self._candidates if states[p.id] == _ANSWERED])

    def hops(self, peer: Peer) -> int:
        """Questions that led to a candidate, itself included: 1 for one that we knew."""
        hops, id = 1, peer.id
        while id not in self._known:
            hops, id = hops + 1, self._named_by[id][0]
        return hops

    def missing(self) -> list[tuple[Peer, list[Peer]]]:
        """Whom nobody answered for though it was named, nearest first, and who named it."""
        answered = {p.id: p for _, p in self._candidates if self._states[p.id] == _ANSWERED}
        return [
            (peer, [answered[id] for id in self._named_by.get(peer.id, ()) if id in answered])
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
        states = self._states
        for peer in self.closest:  # noqa: SIM110 - a generator would take twice as long
            if states[peer.id] != _ANSWERED:
                return False
        return True

    @property
    def all_answered(self) -> bool:
        """Whether each of the k best has answered, and there is one."""
        states = self._states
        closest = self.closest
        return bool(closest) and all(states[peer.id] == _ANSWERED for peer in closest)

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
        closest, states = self.closest, self._states
        tellers = closest if self._eager else closest[:1]
        if not any(states[peer.id] == _ANSWERED for peer in tellers):
            return self._alpha
        return max(self._k if self._eager else self._k // 2, self._alpha)

    def ask_widely(self) -> None:
        """Await answers one by one no longer."""
        self._one_by_one = 0

    def on_reply(self, peer: Peer, found: Iterable[Peer]) -> None:
        """Take in the peers that `peer` answered with."""
        self._learn_seeds_left()
        if self._states.get(peer.id) == _GIVEN_UP:
            self._take_back(peer)
        if self._settle(peer):
            self._judge(peer, -int(self._states[peer.id] == _SLOW), 1)
            self._states[peer.id] = _ANSWERED
            if self._doubted:
                self._closest = None
            if peer.endpoint in self._disputed:
                self._give_up_others_at(peer.endpoint)
            self._learn(found, peer.id)

    def on_slow(self, peer: Peer) -> None:
        """`peer` takes long: somebody else may be asked beside it."""
        self._learn_seeds_left()
        if self._states.get(peer.id) == _ASKED:
            self._states[peer.id] = _SLOW
            self._slow += 1
            self._prompt -= 1
            self._one_by_one = 0
            self._judge(peer, 1, 0)

    def on_silence(self, peer: Peer) -> None:
        """Give `peer` up, so that the next best moves into the best k; a late reply counts."""
        self._learn_seeds_left()
        if self._settle(peer):
            self._judge(peer, int(self._states[peer.id] == _ASKED), 0)
            self._states[peer.id] = _GIVEN_UP
            self._given_up.add(peer)
            del self._asked_at[peer.endpoint]
            self._drop_given_up()

    def _take_back(self, peer: Peer) -> None:
        """Somebody given up is there after all: as if it were only slow."""
        if peer.endpoint in self._asked_at or peer not in self._given_up:
            return
        self._given_up.discard(peer)
        self._asked_at[peer.endpoint] = peer.id
        self._states[peer.id] = _SLOW
        self._slow += 1
        self._in_flight += 1
        self._one_by_one += 1
        insort(self._candidates, (peer.id ^ self.target, peer))
        self._closest = None

    def _drop_given_up(self) -> None:
        states = self._states
        self._candidates = [e for e in self._candidates if states[e[1].id] != _GIVEN_UP]
        self._closest = None

    def _give_up_others_at(self, endpoint: Endpoint) -> None:
        states = self._states
        for _, peer in self._candidates:
            if peer.endpoint == endpoint and states[peer.id] == _FRESH:
                states[peer.id] = _GIVEN_UP
        self._drop_given_up()

    def _leave_to_others(self, taken: set[int]) -> None:
        """Give up whom another path has asked meanwhile."""
        states = self._states
        theirs = [p.id for _, p in self._candidates if states[p.id] == _FRESH and p.id in taken]
        for id in theirs:
            states[id] = _GIVEN_UP
        if theirs:
            self._drop_given_up()

    def _unclaimed(self, most: int) -> list[Peer]:
        """Candidates to ask now, none at an endpoint where somebody else was asked."""
        states, asked_at = self._states, self._asked_at
        fresh: list[Peer] = []
        for peer in self._prospects():
            if (
                states[peer.id] == _FRESH
                and peer.endpoint not in asked_at
                and self._is_backed(peer.id)
            ):
                asked_at[peer.endpoint] = peer.id
                states[peer.id] = _ASKED
                fresh.append(peer)
                if len(fresh) == most:
                    break
        return fresh

    def _is_backed(self, id: int) -> bool:
        """Whether to ask a candidate now; if so, that is to the account of one who named it.

        Nobody is relied on for so many at a time that it would be in doubt already if none of
        those under way answered: else a liar costs as many requests as it names peers, a third
        of what a lookup may ask, before anything has come of the first.
        """
        if id in self._known:
            return True
        relied_on = self._relied_on
        for namer in self._named_by[id]:
            so_far, good = relied_on.get(namer, 0), self._somebodies.get(namer, 0)
            if namer not in self._doubted and not _is_doubtful(so_far - good, good):
                relied_on[namer] = so_far + 1
                return True
        # With nobody but doubted ones behind it, it is a candidate for want of others.
        return self._doubted.issuperset(self._named_by[id])

    def _judge(self, peer: Peer, nothing: int, somebody: int) -> None:
        """Note what became of a candidate to the account of who named it."""
        if peer.id in self._known:
            return
        named_by = self._named_by.get(peer.id, ())
        if nothing <= 0 and not self._nothings:
            # Nobody named a nothing so far: so it mostly is, and nobody can come into doubt.
            somebodies = self._somebodies
            for id in named_by:
                somebodies[id] = somebodies.get(id, 0) + somebody
            return
        for id in named_by:
            # Who named it only after it was found to be slow was not charged for that.
            nothings = self._nothings[id] = max(self._nothings.get(id, 0) + nothing, 0)
            good = self._somebodies[id] = self._somebodies.get(id, 0) + somebody
            if _is_doubtful(nothings, good) != (id in self._doubted):
                self._doubted ^= {id}
                self._closest = None

    def _credible(self) -> list[Peer]:
        """Candidates, nearest first, without those that only doubted peers named.

        While many are doubted, whom two others named comes first: the rest have to wait until
        the best of those have answered. They are not left out, for the first who answer near
        the target name many that nobody else has named yet, least of all on one of many paths.
        """
        if len(self._doubted) >= _TOO_MANY_LIARS:
            credible = self._vouched_for(2)
            states = self._states
            if len(credible) >= self._k and any(
                states[peer.id] != _ANSWERED for peer in self._choose(credible)
            ):
                return credible
        return self._believed()

    def _believed(self) -> list[Peer]:
        """Candidates whom we knew or somebody not in doubt named; all, if those are too few."""
        if self._doubted:
            believed = self._vouched_for(1)
            if len(believed) >= self._k:
                return believed
        return [peer for _, peer in self._candidates]

    def _vouched_for(self, words: int) -> list[Peer]:
        return [peer for _, peer in self._candidates if self._is_vouched_for(peer, words)]

    def _is_vouched_for(self, peer: Peer, words: int) -> bool:
        """Whether a peer answered, was known to us, or was named by so many not in doubt."""
        if peer.id in self._known or self._states[peer.id] == _ANSWERED:
            return True
        names = self._named_by[peer.id]
        return len(names) >= words and len(set(names) - self._doubted) >= words

    def is_widely_named(self, peer: Peer) -> bool:
        """Whether nearly all who answered nearest to `peer` name it.

        They know whoever lives beside them, and mostly forget soon who does not.
        """
        states, id = self._states, peer.id
        near = sorted(p.id ^ id for _, p in self._candidates if states[p.id] == _ANSWERED)
        witnesses = {distance ^ id for distance in near[:_WITNESSES]}
        names = len(witnesses.intersection(self._named_by.get(id, ())))
        return names * _OF_WITNESSES >= len(witnesses) * (_OF_WITNESSES - 1)

    def _prospects(self) -> list[Peer]:
        """What `closest` will be if none of the slow peers answers any more.

        Those who would move up are asked now, not when the slow ones are given up: after many
        deaths one waits out one deadline, not one after the other.
        """
        if not self._slow:
            return self.closest
        states = self._states
        return self._choose([peer for peer in self._credible() if states[peer.id] != _SLOW])

    def _choose(self, nearest_first: list[Peer]) -> list[Peer]:
        """The best k of them, then the others of the region."""
        if len(self._groups) > 1:
            chosen = best(nearest_first, self._k)
        else:
            chosen = nearest_first[: self._k]
        return with_region(chosen, nearest_first, self.target, self._region, self._k)

    def _settle(self, peer: Peer) -> bool:
        state = self._states.get(peer.id)
        if state not in (_ASKED, _SLOW):
            return False
        self._in_flight -= 1
        self._one_by_one -= 1
        if state == _ASKED:
            self._prompt -= 1
        else:
            self._slow -= 1
        return True

    def _learn_seeds_left(self) -> None:
        if self._seeds_left:
            self._learn(self._seeds_left)
            self._seeds_left = []

    def _learn(self, peers: Iterable[Peer], by: int | None = None) -> None:
        """Take up candidates not met before, named `by` somebody or known to us."""
        states, named_by, asked_at = self._states, self._named_by, self._asked_at
        avoid, named_at, candidates = self._avoid, self._named_at, self._candidates
        before = len(candidates)
        for peer in peers:
            id = peer.id
            names = named_by.get(id)
            if names is not None:
                if by is not None:
                    names.append(by)
                continue
            if id in avoid:
                continue
            endpoint = peer.endpoint
            there = asked_at.get(endpoint)
            if there is not None and states.get(there) == _ANSWERED:
                continue
            if named_at.setdefault(endpoint, id) != id:
                self._disputed.add(endpoint)
            states[id] = _FRESH
            if by is None:
                self._known.add(id)
                named_by[id] = []
            else:
                named_by[id] = [by]
            self._groups.add(peer.group)
            insort(candidates, (id ^ self.target, peer))
        if len(candidates) > before:
            self._closest = None
        most = max(_MOST_FACTOR * self._k, _FEWEST)
        if len(candidates) > most:
            self._forget_beyond(most * 3 // 4)

    def _forget_beyond(self, limit: int) -> None:
        """Keep the best of those that are believed; no IP group drives out the others.

        Nor does anybody's word: half of the room is for whom two named, or whom we knew, and
        the rest for everybody who named somebody alike. A few liars fill the list else, and
        when they come into doubt nobody is left.
        """
        kept = {peer.id for peer in best(self._vouched_for(2), limit // 2)}
        others = [peer for peer in self._believed() if peer.id not in kept]
        kept.update(peer.id for peer in self._in_turn(others)[: limit - len(kept)])
        states = self._states
        for _, peer in self._candidates:
            if peer.id not in kept and states[peer.id] == _FRESH:
                del states[peer.id]
                self._named_by.pop(peer.id, None)
        self._candidates = [entry for entry in self._candidates if entry[1].id in kept]
        self._closest = None

    def _in_turn(self, nearest_first: list[Peer]) -> list[Peer]:
        """First those nearest of their IP group and of whom their namer named, then seconds."""
        in_group: dict[bytes, int] = {}
        of_namer: dict[int, int] = {}
        ranked: list[tuple[int, Peer]] = []
        for peer in nearest_first:
            namer = next(iter(self._named_by[peer.id]), -1)
            ranks = in_group.get(peer.group, 0), of_namer.get(namer, 0)
            in_group[peer.group], of_namer[namer] = ranks[0] + 1, ranks[1] + 1
            ranked.append((max(ranks), peer))
        ranked.sort(key=lambda entry: entry[0])
        return [peer for _, peer in ranked]


def _is_doubtful(nothings: int, somebodies: int) -> bool:
    """Whether who named so many that proved to be nothing, and so many others, is doubted."""
    return nothings >= _NOTHINGS and nothings > 2 * somebodies
