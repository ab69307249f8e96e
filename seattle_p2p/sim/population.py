"""Who lives in a world: donors' nodes that advertise, owners who look for their vessels.

A `Member` is a machine with its application: it joins, advertises under its owners' keys, and
joins again when that failed or when it was restarted. A `Person` owns vessels and looks for
them from the member it sits at. What they experience goes into a `Tally`.
"""

import random
from collections.abc import Callable
from typing import Final, TypeAlias

from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.core import (
    AdvertFound,
    AdvertsRead,
    Event,
    Joined,
    JoinFailed,
    LookedUp,
    Overlay,
    Published,
    Role,
    Signer,
    Withdrawn,
)
from seattle_p2p.sim.measures import Discovery, LookupSample, Tally
from seattle_p2p.sim.oracle import Oracle
from seattle_p2p.sim.people import Addresses
from seattle_p2p.sim.people import Member as Member
from seattle_p2p.sim.people import Person as Person
from seattle_p2p.sim.spotlight import Spotlight
from seattle_p2p.sim.world import Host, World
from seattle_p2p.wire.adverts import Advert, sequence_after

_RETRY_S: Final = 5.0
"""A failed join is tried again after so long."""
_SEEDS_ASKED: Final = 3
"""Bootstrap nodes a member is told of, drawn at random."""

MakeOverlay: TypeAlias = Callable[["Member"], Overlay]


class Population:
    """Everybody in a world.

    Args:
        world: Where they live.
        make: Builds the overlay core of a member; called again after a loss of state.
        tally: Where experiences are noted.
        watch_every_ns: A look or lookup is watched whole so often, and the worst kept; never
            when 0.
    """

    def __init__(
        self, world: World, make: MakeOverlay, tally: Tally, *, watch_every_ns: int = 0
    ) -> None:
        self.world = world
        self.tally = tally
        self.spotlight = Spotlight(world, watch_every_ns)
        self.members: list[Member] = []
        self.persons: list[Person] = []
        self.seeds: list[Member] = []
        self.crashes = 0
        self.leaving: set[int] = set()
        """Members that are about to go, and still take their adverts back."""
        self.withdrawn: dict[tuple[bytes, int], int] = {}
        """When which node's advert under which person's key was taken back, in ns."""
        self.strays: dict[int, Endpoint] = {}
        """Members whose answers come from an address that is not theirs: whence."""
        self._make = make
        self._by_node: dict[PublicKey, Member] = {}
        self._hosts: dict[int, int] = {}
        self._everybody: Oracle | None = None
        self._rng = world.streams.stream("population")
        self._addresses = Addresses()

    # Building

    def add(
        self, signer: Signer, *, group: str, role: Role, seed: bool, ip_group_size: int = 1
    ) -> Member:
        """Add a machine that is down."""
        endpoint = self._addresses.next(group, ip_group_size)
        host = self.world.add_host(endpoint, lambda host: self._make(self.members[host.index]))
        host.on_event = self._on_event
        member = Member(host, group, role, signer, is_seed=seed)
        self.members.append(member)
        self._by_node[signer.public] = member
        self._everybody = None
        self._hosts[signer.public.node_id] = host.index
        if seed:
            self.seeds.append(member)
        return member

    def outer_address(self) -> str:
        """An address for a box, of an IP group of its own."""
        return self.free_endpoint().host

    def free_endpoint(self) -> Endpoint:
        """An endpoint that nobody has, of an IP group of its own."""
        return self._addresses.next("boxes", 1)

    def new_identity(self, member: Member, signer: Signer) -> None:
        """Give a member that is down another key; its old core is forgotten."""
        del self._by_node[member.signer.public]
        member.signer = signer
        member.host.core = None
        self._by_node[signer.public] = member
        self._everybody = None
        self._hosts[signer.public.node_id] = member.index

    # What members do

    def start(self, member: Member) -> None:
        """Switch the machine on and let it join."""
        member.joined = False
        member.starts += 1
        member.expects.clear()
        self.world.start(member.host)
        self.join(member)

    def crash(self, member: Member, *, keep_state: bool = False) -> None:
        """Switch it off without a word."""
        self.crashes += 1
        self.leaving.discard(member.index)
        member.joined = False
        member.went_down_ns = self.world.now_ns
        for person in member.owners:
            person.advertised_by.discard(member.index)
        self.world.crash(member.host, keep_state=keep_state)

    def leave(self, member: Member) -> None:
        """Withdraw its adverts, then switch it off."""
        self.leaving.add(member.index)
        self.withdraw(member, lambda: self.crash(member))

    def withdraw(self, member: Member, then: Callable[[], None] = lambda: None) -> None:
        """Take all of its adverts back; it stays up, unless `then` does something about it."""
        waiting = [p for p in member.owners if member.index in p.advertised_by]
        if not waiting:
            then()
            return
        for person in list(waiting):
            person.advertised_by.discard(member.index)
            self._withdraw(member, person, waiting, then)

    def advertise_again(self, member: Member) -> None:
        """Give it back the adverts that it withdrew; one that is down gets them as it joins."""
        for person in member.owners:
            if member.joined and (member.node, person.index) in self.withdrawn:
                self._publish(member, person)

    def _withdraw(
        self, member: Member, person: Person, waiting: list[Person], then: Callable[[], None]
    ) -> None:
        def answer(event: Event) -> None:
            waiting.remove(person)
            self.tally.withdrawn += isinstance(event, Withdrawn)
            self.withdrawn[member.node, person.index] = self.world.now_ns
            if not waiting and member.host.up:
                # Not here and now: the core that tells us is still being carried out.
                self.world.after(0, then)

        self._ask(member, lambda core, now: core.withdraw(person.key, now), answer)

    def join(self, member: Member) -> None:
        """Enter through a few seeds; again a little later when none of them answers."""
        others = [seed for seed in self.seeds if seed is not member and seed.host.up]
        if not others:
            # The first node of a network has nobody to join; others come to it.
            self._ask(member, lambda core, now: core.join([], now), lambda event: None)
            self._on_joined(member)
            return
        chosen = self._rng.sample(others, min(_SEEDS_ASKED, len(others)))
        endpoints = [seed.host.endpoint for seed in chosen]
        member.asked_ns = self.world.now_ns

        def answer(event: Event) -> None:
            if isinstance(event, Joined):
                self.tally.joins_ns.append(self.world.now_ns - member.asked_ns)
                self._on_joined(member)
            elif isinstance(event, JoinFailed):
                self.tally.failed_joins += 1
                self.world.after(_RETRY_S, lambda: self._join_again(member))

        self._ask(member, lambda core, now: core.join(endpoints, now), answer)

    def advertise(self, member: Member, person: Person) -> None:
        """Give a member a vessel of `person`: now, if it has joined, and whenever it joins."""
        member.owners.append(person)
        if member.joined:
            self._publish(member, person)

    def discover(self, person: Person, *, last: bool = False) -> None:
        """Let an owner look for all vessels; noted in the tally when the answer is there.

        From any of the researchers' machines, so that looks meet warm and cold tables.
        """
        able = [index for index in person.homes if self.members[index].joined]
        if not able:
            return
        home = self.members[self._rng.choice(able)]
        expected = frozenset(person.advertised_by)
        look = Discovery(person.index, self.world.now_ns, last, expected)
        self.tally.discoveries.append(look)
        watched = self.spotlight.turn_to(f"a look of owner {person.index}", home.index)

        def answer(event: Event) -> None:
            if isinstance(event, AdvertFound):
                self._on_shown(look, person, event)
            elif isinstance(event, AdvertsRead):
                look.done_ns = self.world.now_ns
                look.complete = event.complete
                look.given_up = event.dead
                look.lived = expected.intersection(person.advertised_by)
                self.spotlight.turn_off(watched, len(look.missing))

        self._ask(home, lambda core, now: core.find_adverts(person.key, now), answer)

    def find(self, home: Member, person: Person, then: Callable[[list[Advert]], None]) -> None:
        """Let a member look for all vessels of a person, for whoever works on them."""
        found: list[Advert] = []

        def answer(event: Event) -> None:
            if isinstance(event, AdvertFound):
                found.append(event.advert)
            elif isinstance(event, AdvertsRead):
                then(found)

        self._ask(home, lambda core, now: core.find_adverts(person.key, now), answer)

    def member_of(self, node: PublicKey) -> Member | None:
        """Who has that key now."""
        return self._by_node.get(node)

    def _on_shown(self, look: Discovery, person: Person, event: AdvertFound) -> None:
        member = self._by_node.get(event.advert.node)
        if member is None or not member.host.up:
            look.dead_shown += event.alive
            return
        if person not in member.owners:
            look.strangers.append(member.index)
        if event.alive:
            look.told_twice += member.index in look.found
            look.found.setdefault(member.index, self.world.now_ns)

    def look_up(self, member: Member, target: int, then: Callable[[LookedUp], None]) -> None:
        """Let a member look for the servers closest to `target`."""

        def answer(event: Event) -> None:
            if isinstance(event, LookedUp):
                then(event)

        self._ask(member, lambda core, now: core.look_up(target, now), answer)

    def probe(self, member: Member, target: int, k: int) -> None:
        """The same for the `k` closest; noted beside what is true."""
        began_ns = self.world.now_ns
        watched = self.spotlight.turn_to(f"a lookup of {target:040x}", member.index)

        def then(found: LookedUp) -> None:
            true = self._servers_closest_to(target, k, without=member)
            sample = self._sample(member, true, found, self.world.now_ns - began_ns)
            self.tally.lookups.append(sample)
            self.spotlight.turn_off(watched, sample.wanted - sample.right)

        self.look_up(member, target, then)

    # Questions

    def live_members(self) -> list[Member]:
        """Those whose machine is up."""
        return [member for member in self.members if member.host.up]

    def host_of(self, node_id: int) -> int | None:
        """Index of the machine that has, or once had, this node id; None when nobody had."""
        return self._hosts.get(node_id)

    def oracle(self, without: Member | None = None) -> Oracle:
        """Knows every server that is up, but for one member."""
        return Oracle(
            Peer(member.core.id, member.host.endpoint)
            for member in self.members
            if member is not without and member.host.up and member.core.role is Role.SERVER
        )

    def _servers_closest_to(self, target: int, count: int, without: Member) -> list[Peer]:
        """The best servers that are up now, but for one member.

        Asks an oracle of everybody, up or down, and passes over those who do not count: to
        make one of those who are up would cost milliseconds for each look.
        """
        if self._everybody is None:
            self._everybody = Oracle(
                Peer(member.signer.public.node_id, member.host.endpoint)
                for member in self.members
            )

        def counts(peer: Peer) -> bool:
            member = self.members[self._hosts[peer.id]]
            return member is not without and member.host.up and member.core.role is Role.SERVER

        return self._everybody.closest(target, count, counts)

    def chosen(self, group: str, share: float, rng: random.Random) -> list[Member]:
        """A random share of a group; of all ordinary nodes when `group` is empty."""
        able = [m for m in self.members if (m.group == group if group else m.is_ordinary)]
        return rng.sample(able, round(share * len(able)))

    # Private steps

    def _sample(
        self, home: Member, true: list[Peer], found: LookedUp, took_ns: int
    ) -> LookupSample:
        """A lookup from `home` beside the `true` answer and the time that it has to take."""
        trip = self.world.latency.base_rtt_ns
        trips = [max(trip(home.index, self._hosts[peer.id]), 1) for peer in true] or [1]
        after = dict(zip([peer.id for peer in found.peers], found.after_ns, strict=True))
        when = [after[peer.id] for peer in true if peer.id in after]
        return LookupSample(
            wanted=len(true),
            right=len(when),
            asked=found.asked,
            took_ns=took_ns,
            hops=found.hops,
            floor_ns=max(trips),
            first_ns=min(when, default=took_ns),
            closest_ns=after.get(true[0].id, took_ns) if true else took_ns,
            direct_ns=trips[0],
        )

    def _join_again(self, member: Member) -> None:
        if member.host.up and not member.joined:
            self.join(member)

    def _on_joined(self, member: Member) -> None:
        member.joined = True
        for person in member.owners:
            self._publish(member, person)

    def _publish(self, member: Member, person: Person) -> None:
        asked_ns = self.world.now_ns
        endpoints: list[Endpoint] = [member.core.seen_at or member.host.endpoint]

        def request(core: Overlay, now: int) -> int:
            first = sequence_after(member.starts)
            self.withdrawn.pop((member.node, person.index), None)
            return core.publish(
                person.key, now, overlay=endpoints, commands=endpoints, sequence=first
            )

        def answer(event: Event) -> None:
            if isinstance(event, Published):
                self.tally.holders.append(event.holders)
                if event.holders and member.host.up and member.host.box is None:
                    person.advertised_by.add(member.index)
                    self.tally.first_published_ns.append(self.world.now_ns - asked_ns)

        self._ask(member, request, answer)

    def _ask(
        self,
        member: Member,
        request: Callable[[Overlay, int], int],
        answer: Callable[[Event], None],
    ) -> None:
        number = request(member.core, self.world.now_ns)
        member.expects[number] = answer
        self.world.collect(member.host)

    def _on_event(self, host: Host, event: Event) -> None:
        member = self.members[host.index]
        expected = member.expects.get(event.request)
        if expected is None:
            return
        if not isinstance(event, AdvertFound):
            del member.expects[event.request]
        expected(event)
