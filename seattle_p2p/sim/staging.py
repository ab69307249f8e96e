"""Puts a scenario on: the world, everybody in it, what goes wrong and when."""

from functools import partial
from pathlib import Path
from typing import Any, cast

from seattle_p2p.identity.keys import ID_BITS, KeyPair, PublicKey
from seattle_p2p.overlay.contact import PeerBook
from seattle_p2p.overlay.core import Overlay, Role, Signer
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.sim import assembly, attackers
from seattle_p2p.sim.churn import Churn
from seattle_p2p.sim.codec import ObjectCodec, WireDescriber, describe_object
from seattle_p2p.sim.errands import Researchers
from seattle_p2p.sim.measures import Tally
from seattle_p2p.sim.nat import Box
from seattle_p2p.sim.people import Member, Person, deal_vessels
from seattle_p2p.sim.population import Population
from seattle_p2p.sim.provoker import Provoker
from seattle_p2p.sim.scenario import Attack, Fault, NodeGroup, Scenario
from seattle_p2p.sim.skew import Skewed
from seattle_p2p.sim.sybils import Sybils, grind
from seattle_p2p.sim.trace import Describe
from seattle_p2p.sim.world import NS_PER_S, World
from seattle_p2p.wire.adverts import place_of
from seattle_p2p.wire.codec import Codec, WireCodec
from seattle_p2p.wire.datagrams import Reply

NETWORK = "simulation"
_HOSTS_PER_CARRIER = 16
_WATCHED = 50
"""Looks and lookups of a run that are watched whole, at most."""
_ROLES = {
    "bootstrap": Role.SERVER,
    "node": Role.UNKNOWN,
    "experimenter": Role.CLIENT,
    "provoker": Role.UNKNOWN,
}

_CONDUCTS = {
    "withhold": attackers.Withhold,
    "misroute": attackers.Misroute,
    "invent": attackers.Invent,
    "ignore": attackers.Ignore,
}


class Stage:
    """A scenario about to happen.

    Args:
        scenario: What is to happen.
        seed: With which seed.
        folder: Where files that the scenario names are looked for.
    """

    def __init__(self, scenario: Scenario, seed: int, folder: Path = Path()) -> None:
        self.scenario = scenario
        codec: Codec = ObjectCodec()
        describe: Describe = describe_object
        if scenario.meta.mode == "wire":
            codec = wire = WireCodec(NETWORK)
            describe = WireDescriber(wire)
        self.world = World(
            seed, describe=describe, size_of=codec.size, explore=scenario.meta.explore
        )
        streams = self.world.streams
        self.world.latency = assembly.make_latency(scenario, streams, folder)
        self.world.loss = assembly.make_loss(scenario, streams)
        self.params = scenario.overlay
        self.signatures = assembly.make_signatures(scenario, streams)
        self.tally = Tally()
        watch_every_ns = round(scenario.meta.duration_s * NS_PER_S / _WATCHED)
        self.population = Population(
            self.world, self._make_core, self.tally, watch_every_ns=watch_every_ns
        )
        self._codec = codec
        self._book = PeerBook(limit=4 * scenario.hosts + 4096)
        self._keys: dict[PublicKey, KeyPair] = {}
        self._carrier: Box | None = None
        self._served = 0
        for group in scenario.nodes:
            self._settle(group)
        self._name_owners()
        for fault in scenario.faults:
            self._plan_fault(fault)
        for attack in scenario.attacks:
            self.world.at(attack.at_s, partial(self._attack, attack))
        self.researchers: Researchers | None = None
        if scenario.workload.commands_every_s:
            self.researchers = Researchers(
                self.population,
                self._keys,
                scenario.workload,
                scenario.meta.duration_s,
                NETWORK,
            )
        end_s = scenario.churn.until_s or scenario.meta.duration_s
        self.churn = Churn(self.population, scenario.churn, end_s, self._new_signer)
        if scenario.workload.lookups_per_s:
            self.world.at(scenario.workload.discover_from_s, self._probe)
        for rule in assembly.make_disturbances(scenario.network, self.world, codec.size):
            self.world.add_rule(rule)

    # Machines

    def _settle(self, group: NodeGroup) -> None:
        population, secret = self.population, self.world.streams.secret
        for number in range(group.count):
            member = population.add(
                self._signer(secret(f"key/{group.name}/{number}", 32)),
                group=group.name,
                role=_ROLES[group.role],
                seed=group.role == "bootstrap",
                ip_group_size=group.ip_group_size,
            )
            self._maybe_behind_a_box(member, group)
            at_s = group.join_at_s + group.join_span_s * number / group.count
            self._start_at(at_s, member)
            if group.role == "provoker":
                Provoker(population, member, self._codec)

    def _signer(self, secret: bytes) -> Signer:
        """A signer for the overlay; commands are signed by the real key, which is kept."""
        if self.scenario.workload.commands_every_s:
            pair = KeyPair(secret)
            self._keys[pair.public] = pair
        return self.signatures.signer(secret)

    def _start_at(self, at_s: float, member: Member) -> None:
        self.world.at(at_s, lambda: self.population.start(member))

    def _maybe_behind_a_box(self, member: Member, group: NodeGroup) -> None:
        draw = self.world.streams.stream("nat").random
        if group.nat == "none" or draw() >= group.nat_share:
            return
        if group.nat != "cgnat" or self._carrier is None or self._served == _HOSTS_PER_CARRIER:
            address = self.population.outer_address()
            self._carrier, self._served = Box(self.world, group.nat, address), 0
        self._served += 1
        self.world.put_behind(member.host, self._carrier)

    def _make_core(self, member: Member) -> Overlay:
        streams = self.world.streams
        core = OverlayNode(
            member.signer,
            network=NETWORK,
            params=self.params,
            # One stream for all: a generator of its own would cost each node 2.5 kB.
            rng=streams.stream("overlay/choices"),
            entropy=streams.stream("overlay/entropy").randbytes,
            role=member.role,
            cryptography=self.signatures,
            codec=self._codec,
            book=self._book,
        )
        core.set_local_endpoints([member.host.endpoint])
        skew = self.scenario.network.clock_skew
        if skew:
            rate = 1 + skew * streams.stream("clocks").uniform(-1, 1)
            return cast(Overlay, Skewed(core, rate))
        return core

    def _new_signer(self) -> Signer:
        return self.signatures.signer(self.world.streams.stream("key/new").randbytes(32))

    # People

    def _name_owners(self) -> None:
        population, work, streams = self.population, self.scenario.workload, self.world.streams
        clients = [m.index for m in population.members if m.role is Role.CLIENT]
        homes = clients or [m.index for m in population.members]
        for index in range(work.owners or len(homes)):
            key = self._signer(streams.secret(f"key/owner/{index}", 32)).public
            person = Person(index, key, homes)
            population.persons.append(person)
            self._plan_looks(person)
        exponent = work.zipf_exponent if work.popularity == "zipf" else 0
        rng = streams.stream("vessels")
        for group in self.scenario.nodes:
            if group.role == "provoker":
                continue
            nodes = [m for m in population.members if m.group == group.name and m.is_ordinary]
            deal_vessels(nodes, population.persons, group.vessels, rng, exponent)

    def _plan_looks(self, person: Person) -> None:
        work, end_s = self.scenario.workload, self.scenario.meta.duration_s
        rng = self.world.streams.stream("looks")
        last_s = end_s - work.last_look_s * (1 - 0.5 * rng.random())
        self.world.at(last_s, lambda: self.population.discover(person, last=True))
        if not work.discover_every_s:
            return
        at_s = work.discover_from_s + rng.expovariate(1 / work.discover_every_s)
        while at_s < last_s:
            self.world.at(at_s, lambda: self.population.discover(person))
            at_s += rng.expovariate(1 / work.discover_every_s)

    def _probe(self) -> None:
        rng = self.world.streams.stream("probes")
        able = [m for m in self.population.live_members() if m.joined and not m.is_seed]
        if able:
            self.population.probe(rng.choice(able), rng.getrandbits(ID_BITS), self.params.k)
        self.world.after(rng.expovariate(self.scenario.workload.lookups_per_s), self._probe)

    # Faults

    def _plan_fault(self, fault: Fault) -> None:
        world, population = self.world, self.population

        def begin() -> None:
            rng = world.streams.stream("faults/choice")
            chosen = population.chosen(fault.group, fault.share, rng)
            if fault.kind in ("crash", "leave"):
                self._take_down(fault, [member for member in chosen if member.host.up])
            elif fault.kind == "withdraw":
                self._take_back(fault, [member for member in chosen if member.joined])
            elif fault.kind == "restart":
                for member in chosen:
                    if not member.host.up:
                        population.start(member)
            else:
                hosts = [member.host for member in chosen]
                if fault.kind == "stray":
                    whence = {host.index: population.free_endpoint() for host in hosts}
                    population.strays.update(whence)
                strays = population.strays
                rule = assembly.make_rule(fault, world, hosts, strays, self._is_answer)
                world.add_rule(rule)
                if fault.for_s:
                    world.after(fault.for_s, lambda: world.remove_rule(rule))

        world.at(fault.at_s, begin)

    def _is_answer(self, data: Any) -> bool:
        return isinstance(self._codec.decode(data), Reply)

    def _take_down(self, fault: Fault, members: list[Member]) -> None:
        for member in members:
            if fault.kind == "leave":
                self.population.leave(member)
            else:
                self.population.crash(member, keep_state=fault.keep_state)
            if fault.for_s:
                self._start_at(fault.at_s + fault.for_s, member)

    def _take_back(self, fault: Fault, members: list[Member]) -> None:
        population = self.population
        for member in members:
            population.withdraw(member)
            if fault.for_s:
                self.world.after(fault.for_s, partial(population.advertise_again, member))

    # Attacks

    def _attack(self, attack: Attack) -> None:
        """Let Sybils join, or ordinary members turn."""
        population, rng = self.population, self.world.streams.stream("attacks")
        sybils = Sybils(population, self._codec, rng)
        conduct = _CONDUCTS[attack.kind]
        if attack.share:
            able = [m for m in population.chosen("", attack.share, rng) if m.host.up]
            sybils.turn(able, conduct)
            return
        owner = population.persons[min(attack.owner, len(population.persons) - 1)]
        place = place_of(self.signatures.storage_key(owner.key).public.raw)
        keys = grind(place, attack.count, attack.tries, self.signatures, rng)
        sybils.start(sybils.add(keys, ip_groups=attack.ip_groups), conduct)
