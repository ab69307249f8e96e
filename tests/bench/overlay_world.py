"""The overlay at full size, under attack and after disasters, in the simulated world.

    ./dev bench overlay-world [--nodes 10000] [--rows 7,8,10,11,13,14,17] [--seeds 1]

Every row starts from the same joined network, forked from one process, on `planetlab`
latencies. Rows:

    7 crowd      every node advertises under one key
    8 flood      100,000 valid junk adverts under an owner's key, from 4 IP groups
   10 sybils     100 ids ground close to a key, 4 IP groups, and what they may do
   11 liars      one liar of each kind on the way of many lookups; malformed replies
   13 speed      from advertising to being found; the dead in what is shown
   14 disasters  half cut off for ten minutes; 30 % dead at once
   17 upkeep     what a server sends in an hour when nobody asks it for anything

`--nodes` smaller than 10,000 shrinks floods and crowds alike; the bars stay.
"""

import argparse
import gc
import json
import os
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import msgspec

from seattle_p2p.sim import compiled

if __name__ == "__main__":
    compiled.build()
    compiled.use()

from seattle_p2p.identity.keys import ID_BITS
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.core import Role, Signer
from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.attackers import Conduct, Ignore, Invent, Misroute, Withhold
from seattle_p2p.sim.faults import Partition
from seattle_p2p.sim.flood import Junk, flooders
from seattle_p2p.sim.impostors import ClaimIds, Garbler, Relay
from seattle_p2p.sim.measures import Discovery, gini, percentile
from seattle_p2p.sim.population import Member, Person
from seattle_p2p.sim.staging import Stage
from seattle_p2p.sim.sybils import MakeConduct, Sybils, grind
from seattle_p2p.wire.adverts import place_of
from seattle_p2p.wire.datagrams import Outcome
from tests.support.pieces import pieces

FULL = 10_000
SEEDS, PEOPLE = 10, 60
SETTLED_S = 1500
"""By then every node knows the size of the network: what it does until then, it does once."""


@dataclass
class Line:
    """One figure, its bar and whether it is kept."""

    row: int
    what: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""

    @property
    def holds(self) -> bool:
        low = self.at_least is None or self.value >= self.at_least
        return low and (self.at_most is None or self.value <= self.at_most)

    def __str__(self) -> str:
        bar = "" if self.at_least is None else f">= {self.at_least:g}"
        bar = bar if self.at_most is None else f"<= {self.at_most:g}"
        verdict = ("ok" if self.holds else "MISSED") if bar else ""
        value = f"{self.value:>12,.4g} {self.unit:<6}"
        return f"{self.row:>4}  {self.what:<68}{value}{bar:<10}{verdict}"


@dataclass
class Ground:
    """A joined network that rows may do with as they like, for each has a copy.

    Args:
        nodes: How many servers.
        seed: Of the world.
        sites: Whether 40 % of them share IP groups of 10 to 50.
        vessels: Adverts of each node, each under another key.
        mode: `wire` for real bytes and signatures, and a constant latency, planetlab's median:
            what a liar costs is not to be lost in the tail of the network's own times.
    """

    nodes: int
    seed: int
    sites: bool = False
    vessels: int = 0
    mode: str = "objects"
    stage: Stage = field(init=False)

    def __post_init__(self) -> None:
        people = (
            shapes.NodeGroup(name="people", count=PEOPLE, role="experimenter", join_at_s=320),
        )
        seeds = (shapes.NodeGroup(name="seeds", count=SEEDS, role="bootstrap"),)
        scenario = shapes.Scenario(
            version=shapes.SCHEMA_VERSION,
            meta=shapes.About(
                name="ground",
                duration_s=1_000_000,
                mode=self.mode,
                signer="real" if self.mode == "wire" else "simulated",
            ),
            nodes=seeds + self._donors() + people,
            network=shapes.Network(
                latency="constant" if self.mode == "wire" else "planetlab", latency_ms=66
            ),
            workload=shapes.Workload(owners=max(self.nodes * self.vessels, 1)),
        )
        self.stage = Stage(scenario, self.seed)
        self.world, self.population = self.stage.world, self.stage.population
        self.rng = random.Random(self.seed)
        self.codec = self.stage._codec
        self.sybils = Sybils(self.population, self.codec, self.rng)
        self.world.run(until=SETTLED_S)
        self.donors = [m for m in self.population.members if m.group.startswith("donors")]

    def _donors(self) -> tuple[shapes.NodeGroup, ...]:
        count = self.nodes - SEEDS
        sizes = {1: count}
        if self.sites:
            sizes = dict.fromkeys((10, 20, 30, 40, 50), count * 8 // 100)
            sizes[1] = count - sum(sizes.values())
        return tuple(
            shapes.NodeGroup(
                name=f"donors{size}",
                count=count,
                ip_group_size=size,
                vessels=self.vessels,
                join_at_s=1,
                join_span_s=300,
            )
            for size, count in sizes.items()
        )

    def a_person(self) -> Person:
        """Somebody new, who looks from any of the researchers' machines."""
        key = self.stage._new_signer().public
        homes = [m.index for m in self.population.members if m.group == "people"]
        person = Person(len(self.population.persons), key, homes)
        self.population.persons.append(person)
        return person

    def advertise(self, person: Person, members: Iterable[Member], span_s: float) -> None:
        """Have members advertise under a person's key, one after the other, within `span_s`."""
        members = list(members)
        for number, member in enumerate(members):
            self.world.after(
                span_s * number / len(members),
                lambda member=member: self.population.advertise(member, person),
            )

    def take_paths(self, count: int) -> None:
        """Let researchers look along so many disjoint paths."""
        params = msgspec.structs.replace(self.stage.params, disjoint_paths=count)
        for member in self.population.members:
            if member.group == "people":
                member.core._parts.params = params

    def pass_time(self, seconds: float) -> None:
        self.world.run(until=self.world.now_s + seconds)

    def look(
        self, person: Person, times: int, every_s: float, wait_s: float
    ) -> list[Discovery]:
        """So many looks of a person, and what came of them."""
        looks = self.stage.tally.discoveries
        before = len(looks)
        for number in range(times):
            self.world.after(number * every_s, lambda: self.population.discover(person))
        self.pass_time(times * every_s + wait_s)
        return looks[before:]

    def place(self, person: Person) -> int:
        return place_of(self.stage.signatures.storage_key(person.key).public.raw)

    def stored(self, person: Person) -> dict[int, int]:
        """Octets of a person's adverts by the machine that holds them."""
        storage = self.stage.signatures.storage_key(person.key).public.raw
        places = {place_of(storage, d, p) for d in range(9) for p in range(1 << d if d else 1)}
        held = {}
        for member in self.population.live_members():
            records = member.core._parts.records
            octets = sum(
                len(entry.sealed) + 60
                for place in places & records._places.keys()
                for entry in records._places[place].entries
            )
            if octets:
                held[member.index] = octets
        return held


def recall(looks: list[Discovery], honest: set[int]) -> float:
    """Share of honest adverts found, over all looks."""
    found = sum(len(honest & look.found.keys()) for look in looks)
    return found / max(len(looks) * len(honest), 1)


def done_s(looks: list[Discovery], share: float) -> float:
    """That quantile of how long looks took, in virtual seconds."""
    took = [(look.done_ns or 1 << 62) - look.started_ns for look in looks]
    return percentile(sorted(took), share) / 1e9


def crowd(ground: Ground, options: argparse.Namespace) -> list[Line]:
    """Row 7."""
    person = ground.a_person()
    ground.advertise(person, ground.donors, 300)
    ground.pass_time(1000)
    honest = {member.index for member in ground.donors}
    looks = ground.look(person, options.reads, 8, 40)
    held = ground.stored(person)
    founds = [at - look.started_ns for look in looks for at in look.found.values()]
    return [
        Line(
            7,
            f"adverts found, {len(honest):,} under one key, {len(looks)} looks",
            recall(looks, honest),
            at_least=0.999,
        ),
        Line(7, "a whole look, p50", done_s(looks, 0.5), unit="s"),
        Line(7, "a whole look, p99", done_s(looks, 0.99), at_most=10, unit="s"),
        Line(
            7,
            "one advert of a look, p99",
            percentile(sorted(founds), 0.99) / 1e9 if founds else 0,
            unit="s",
        ),
        Line(
            7,
            f"largest of {len(held):,} holders",
            max(held.values()) / 1000,
            at_most=256,
            unit="kB",
        ),
        Line(7, "Gini of stored bytes over its holders", gini(held.values()), at_most=0.5),
    ]


def flood(ground: Ground, options: argparse.Namespace) -> list[Line]:
    """Row 8: before, with, and after new vessels come into the flood."""
    lines = []
    for honest_count in options.honest:
        lines += in_a_fork(lambda count=honest_count: _flood(ground, options, count))
    return lines


def _flood(ground: Ground, options: argparse.Namespace, count: int) -> list[Line]:
    person = ground.a_person()
    early = ground.donors[: count // 2]
    late = ground.donors[count // 2 : count]
    ground.advertise(person, early, 60)
    ground.pass_time(120)
    junk = Junk(
        person.key,
        options.flood,
        ground.population.oracle(),
        ground.stage.signatures,
        ground.rng,
    )
    addresses = ground.sybils.add(
        [ground.stage._new_signer() for _ in range(16)], ip_groups=4, name="flooders"
    )
    cores = flooders([m.host.endpoint for m in addresses], junk, ground.codec, 300)
    for member, core in zip(addresses, cores, strict=True):
        member.host.core = core
        ground.world.start(member.host)
    ground.pass_time(200)
    ground.advertise(person, late, 60)
    ground.pass_time(400)
    for member in addresses:
        ground.world.crash(member.host)
    looks = ground.look(person, options.reads, 10, 60)
    honest = {member.index for member in early + late}
    held = ground.stored(person)
    what = f"{count} honest adverts found among {options.flood:,} junk ones"
    kept = junk.outcomes[Outcome.DONE] / max(sum(junk.outcomes.values()), 1)
    return [
        Line(8, what, recall(looks, honest), at_least=0.99),
        Line(
            8,
            f"  of the {len(late)} that came after the flood had begun",
            recall(looks, {m.index for m in late}),
            at_least=0.99,
        ),
        Line(8, "  a whole look, p50", done_s(looks, 0.5), unit="s"),
        Line(8, "  share of the junk's stores that were taken", kept),
        Line(8, f"  largest of {len(held):,} holders", max(held.values()) / 1000, unit="kB"),
        Line(8, "  worst look", min(recall([look], honest) for look in looks)),
    ]


def sybils(ground: Ground, options: argparse.Namespace) -> list[Line]:
    """Row 10: ids ground close to one owner's key, for every conduct."""
    where = "40 % in sites" if ground.sites else "spread"
    ways = {
        "passive": (Withhold, 0.999),
        "name friends": (Misroute, 0.99),
        "invent": (Invent, 0.99),
    }
    found: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(options.trials):
        person = ground.a_person()
        place = ground.place(person)
        keys = grind(place, 100, options.tries, ground.stage.signatures, ground.rng)
        chosen = ground.rng.sample(ground.donors, 20)
        for way, (conduct, _) in ways.items():
            trial = partial(_eclipse, ground, person, keys, chosen, conduct, options)
            found[way] += in_a_fork(trial)
            print(f"      trial, {way}: {found[way][-1]:.4f}", flush=True)
    return [
        Line(
            10,
            f"100 Sybils, honest {where}, {way}: records reached ({len(found[way])} trials)",
            sum(found[way]) / len(found[way]),
            at_least=bar,
        )
        for way, (_, bar) in ways.items()
    ] + [Line(10, "  worst trial", min(min(each) for each in found.values()))]


def _eclipse(
    ground: Ground,
    person: Person,
    keys: list[Signer],
    chosen: list[Member],
    conduct: type[Conduct],
    options: argparse.Namespace,
) -> list[float]:
    """Share of records reached: half of them there before the attack, half written under it."""
    ground.advertise(person, chosen[:10], 10)
    ground.pass_time(30)
    ground.sybils.start(ground.sybils.add(keys, ip_groups=4), conduct)
    ground.pass_time(120)
    ground.advertise(person, chosen[10:], 10)
    ground.pass_time(60)
    looks = ground.look(person, 3 * options.reads, 0.5, 45)
    return [recall(looks, {member.index for member in chosen})]


def turncoats(ground: Ground, options: argparse.Namespace) -> list[Line]:
    """Row 10: 20 % of all nodes, anywhere, name friends only; readers take four paths."""
    lines = []
    for way, conduct in (("withhold", Withhold), ("name friends", Misroute)):
        for paths in (4, 1):
            shares = in_a_fork(lambda c=conduct, p=paths: _turned(ground, options, c, p))
            bar = 0.995 if paths == 4 else None
            lines.append(
                Line(10, f"20 % of all {way}, d = {paths}: looks", shares[0], at_least=bar)
            )
    return lines


def _turned(
    ground: Ground, options: argparse.Namespace, conduct: type[Conduct], paths: int
) -> list[float]:
    bad = ground.rng.sample(ground.donors, ground.nodes // 5)
    good = sorted(set(ground.donors) - set(bad), key=lambda member: member.index)
    ground.sybils.turn(bad, conduct)
    ground.take_paths(paths)
    persons = [ground.a_person() for _ in range(100)]
    for person in persons:
        ground.advertise(person, ground.rng.sample(good, 3), 30)
    ground.pass_time(90)
    looks = [look for person in persons for look in ground.look(person, 2, 1, 0)]
    ground.pass_time(40)
    found = sum(len(look.found) for look in looks)
    return [found / (3 * len(looks))]


LIARS = 200
"""Nodes of the network in which single liars are met: datagrams are bytes, signatures real."""


def liars(ground: Ground, options: argparse.Namespace) -> list[Line]:
    """Row 11: one liar of each kind; what lookups near it cost, and who ends up in tables."""
    lines = []
    for way in ("nothing", "misroute", "invent", "ignore", "claim", "relay", "garble"):
        lines += in_a_fork(lambda way=way: _one_liar(ground, way))
    return lines


def _one_liar(ground: Ground, way: str) -> list[Line]:
    world, population, rng = ground.world, ground.population, ground.rng
    liar = rng.choice(ground.donors)
    turn_one(ground, liar, way)
    id = liar.signer.public.node_id
    homes = [m for m in population.members if m.joined and m is not liar and not m.is_seed]
    for number in range(300):
        near = id ^ rng.getrandbits(150) if number % 2 else rng.getrandbits(ID_BITS)
        world.after(
            number * 0.1,
            lambda near=near: population.probe(rng.choice(homes), near, ground.stage.params.k),
        )
    # Newcomers meet it too, and join through it.
    fresh = [
        population.add(ground.stage._new_signer(), group="late", role=Role.UNKNOWN, seed=False)
        for _ in range(10)
    ]
    for member in fresh:
        population.start(member)
    ground.pass_time(60)
    samples = ground.stage.tally.lookups
    seen, wrong = false_contacts(ground, but=liar)
    took = sorted(sample.took_ns for sample in samples)
    right = sum(s.right for s in samples) / sum(s.wanted for s in samples)
    return [
        Line(
            11,
            f"one that would {way}: requests, most of {len(samples)} lookups",
            max(s.asked for s in samples),
            at_most=64,
        ),
        Line(11, "  p50 of lookups", percentile(took, 0.5) / 1e9, unit="s"),
        Line(11, "  longest lookup", took[-1] / 1e9, at_most=2, unit="s"),
        Line(11, f"  contacts that nobody is, of {seen:,}", wrong, at_most=0),
        Line(11, "  share of the true k closest found", right),
    ]


def false_contacts(ground: Ground, but: Member) -> tuple[int, int]:
    """Contacts in honest tables, and those of them that are no node at its own address."""
    world, population = ground.world, ground.population
    seen = wrong = 0
    for member in population.live_members():
        for peer in member.core.peers() if member is not but else ():
            there = world.host_at(peer.endpoint)
            seen += 1
            wrong += there is None or there.index != population.host_of(peer.id)
    return seen, wrong


def turn_one(ground: Ground, liar: Member, way: str) -> None:
    """Make one liar."""
    victim = ground.rng.choice([m for m in ground.donors if m is not liar])
    posing = Peer(victim.signer.public.node_id, victim.host.endpoint)
    if way == "nothing":
        return
    if way == "relay":
        liar.host.core = Relay(liar.core, ground.codec, ground.rng, posing)
    elif way == "garble":
        liar.host.core = Garbler(liar.core, ground.codec, ground.rng)
    else:
        kinds: dict[str, MakeConduct] = {
            "misroute": Misroute,
            "invent": Invent,
            "ignore": Ignore,
            "claim": lambda gang: ClaimIds(gang, posing.id, victim.signer.public.raw),
        }
        ground.sybils.turn([liar], kinds[way])


def speed(ground: Ground, options: argparse.Namespace) -> list[Line]:
    """Row 13: how soon a new advert is found; whether the dead are ever shown."""
    delays = []
    for _ in range(options.publications):
        person = ground.a_person()
        began = ground.world.now_s
        ground.population.advertise(ground.rng.choice(ground.donors), person)
        looks = ground.look(person, 60, 0.1, 30)
        found = [look.started_ns / 1e9 - began for look in looks if look.found]
        delays.append(min(found, default=float("inf")))
    persons = [ground.a_person() for _ in range(50)]
    doomed: set[int] = set()
    for person in persons:
        chosen = ground.rng.sample(ground.donors, 4)
        doomed |= {member.index for member in chosen[:2]}
        ground.advertise(person, chosen, 10)
    ground.pass_time(60)
    for index in doomed:
        ground.population.crash(ground.population.members[index])
    ground.pass_time(90)
    looks = [look for person in persons for look in ground.look(person, 20, 0.2, 0)]
    ground.pass_time(40)
    delays.sort()
    return [
        Line(
            13,
            f"advertise to discoverable, p50 of {len(delays)}",
            percentile(delays, 0.5),
            at_most=1,
            unit="s",
        ),
        Line(
            13, "advertise to discoverable, p99", percentile(delays, 0.99), at_most=5, unit="s"
        ),
        Line(
            13,
            f"dead for 90 s, shown in {len(looks):,} reads",
            sum(look.dead_shown for look in looks),
            at_most=0,
        ),
        Line(
            13,
            "  the living found in those reads",
            sum(len(k.found) for k in looks) / sum(len(k.lived) for k in looks),
        ),
    ]


def disasters(ground: Ground, options: argparse.Namespace) -> list[Line]:
    """Row 14."""
    persons = [ground.a_person() for _ in range(60)]
    for person in persons:
        ground.advertise(person, ground.rng.sample(ground.donors, 4), 60)
    ground.pass_time(200)
    return in_a_fork(lambda: _cut_in_two(ground, persons)) + in_a_fork(
        lambda: _deaths(ground, persons)
    )


def _cut_in_two(ground: Ground, persons: list[Person]) -> list[Line]:
    hosts = [member.host for member in ground.population.members]
    half = set(ground.rng.sample(range(len(hosts)), len(hosts) // 2))
    near, far = [h for h in hosts if h.index in half], [h for h in hosts if h.index not in half]
    rule = Partition(near, far, one_way=False)
    ground.world.add_rule(rule)
    ground.pass_time(600)
    apart = pieces(ground.population)
    ground.world.remove_rule(rule)
    healed_s, one_s = ground.world.now_s, float("inf")
    shares = []
    for _ in range(24):
        share = recall_of_all(ground, persons)
        shares.append(share)
        if one_s == float("inf") and pieces(ground.population) == 1:
            one_s = ground.world.now_s - healed_s
    back = next((5 * i for i, share in enumerate(shares) if share >= 0.99), float("inf"))
    return [
        Line(
            14,
            f"cut in two for 600 s ({apart} pieces then): one piece after",
            one_s,
            at_most=120,
            unit="s",
        ),
        Line(14, "  looks find >= 99 % again, begun so long after", back, at_most=60, unit="s"),
        Line(14, "  found by looks begun at once", shares[0]),
    ]


def _deaths(ground: Ground, persons: list[Person]) -> list[Line]:
    for member in ground.rng.sample(ground.donors, 3 * len(ground.donors) // 10):
        ground.population.crash(member)
    shares = [recall_of_all(ground, persons) for _ in range(12)]
    back = next((5 * i for i, share in enumerate(shares) if share >= 0.99), float("inf"))
    return [
        Line(
            14,
            "30 % dead at once: looks find >= 99 % of the living, begun so long after",
            back,
            at_most=60,
            unit="s",
        ),
        Line(14, "  found by looks begun at once", shares[0]),
        Line(14, "  pieces a minute later", pieces(ground.population), at_most=1),
    ]


def recall_of_all(ground: Ground, persons: list[Person]) -> float:
    """Share of live adverts found by one look of everybody, begun now; takes 5 s."""
    looks = ground.stage.tally.discoveries
    before = len(looks)
    for person in persons:
        ground.population.discover(person)
    expected = [look.expected for look in looks[before:]]
    mine = looks[before:]
    ground.pass_time(5)
    found = sum(len(e & look.found.keys()) for e, look in zip(expected, mine, strict=True))
    return found / sum(map(len, expected))


def upkeep(ground: Ground, options: argparse.Namespace) -> list[Line]:
    """Row 17: an hour, once the first renewals are over; nobody looks for anything."""
    ground.pass_time(2000)
    hosts = [member.host for member in ground.donors]
    before = [(h.sent, h.sent_bytes, h.received, h.received_bytes) for h in hosts]
    kinds = dict(ground.world.trace.kinds)
    ground.pass_time(3600)
    after = [(h.sent, h.sent_bytes, h.received, h.received_bytes) for h in hosts]
    spent = [
        [b - a for a, b in zip(*each, strict=True)] for each in zip(before, after, strict=True)
    ]
    mean = [sum(each[i] for each in spent) / len(spent) for i in range(4)]
    for kind, count in sorted(ground.world.trace.kinds.items()):
        print(
            f"      {kind:<12}{(count - kinds.get(kind, 0)) / len(hosts):>8.1f} a node and hour"
        )
    sent = sorted(each[0] for each in spent)
    return [
        Line(17, "messages sent in an hour, mean of all servers", mean[0], at_most=250),
        Line(17, "bytes sent in an hour, mean", mean[1] / 1000, at_most=60, unit="kB"),
        Line(17, "messages sent in an hour, p99 of servers", percentile(sent, 0.99)),
        Line(17, "messages received in an hour, mean", mean[2]),
    ]


Row = Callable[[Ground, argparse.Namespace], list[Any]]
ROWS: dict[str, list[tuple[int, Row]]] = {
    "spread": [
        (7, crowd),
        (8, flood),
        (10, sybils),
        (10, turncoats),
        (13, speed),
        (14, disasters),
    ],
    "sites": [(10, sybils)],
    "bytes": [(11, liars)],
    "vessels": [(17, upkeep)],
}
"""By the ground they start from."""


def in_a_fork(work: Callable[[], list[Any]]) -> list[Any]:
    """Do something with a copy of everything."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        status = 1
        try:
            os.close(reading)
            with os.fdopen(writing, "w") as pipe:
                json.dump([asdict(x) if isinstance(x, Line) else x for x in work()], pipe)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        data = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit(f"a row ended with status {status}")
    return [Line(**x) if isinstance(x, dict) else x for x in json.loads(data)]


def main(arguments: list[str]) -> int:
    """Run the rows, and print figures with bars and verdicts."""
    parser = argparse.ArgumentParser(prog="dev bench overlay-world", description=__doc__)
    parser.add_argument("--nodes", type=int, default=FULL)
    parser.add_argument("--rows", default="7,8,10,11,13,14,17")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--reads", type=int, default=20)
    parser.add_argument("--flood", type=int, default=0)
    parser.add_argument(
        "--honest", type=lambda t: [int(x) for x in t.split(",")], default=[100]
    )
    parser.add_argument("--trials", type=int, default=3)
    parser.add_argument("--tries", type=int, default=40_000)
    parser.add_argument("--publications", type=int, default=100)
    options = parser.parse_args(arguments)
    options.flood = options.flood or 10 * options.nodes
    rows = {int(row) for row in options.rows.split(",")}
    missed = False
    gc.disable()
    for seed in range(1, options.seeds + 1):
        for kind, able in ROWS.items():
            wanted = [row for number, row in able if number in rows]
            if wanted:
                missed |= in_a_fork(lambda k=kind, w=wanted, s=seed: on(k, s, w, options))[0]
    return 1 if missed else 0


def on(kind: str, seed: int, rows: list[Row], options: argparse.Namespace) -> list[bool]:
    """Prepare a ground, and do these rows there, each with a copy of its own."""
    began = time.process_time()
    ground = Ground(
        LIARS if kind == "bytes" else options.nodes,
        seed,
        sites=kind == "sites",
        vessels=1 if kind == "vessels" else 0,
        mode="wire" if kind == "bytes" else "objects",
    )
    gc.freeze()
    sent = ground.world.traffic.sent
    print(
        f"seed {seed}, {ground.nodes:,} nodes, {kind}: {sent:,} datagrams,"
        f" {time.process_time() - began:.0f} s of CPU",
        flush=True,
    )
    missed = False
    for row in rows:
        began = time.perf_counter()
        for line in in_a_fork(lambda row=row: row(ground, options)):
            print(line, flush=True)
            missed |= not line.holds
        print(f"      {row.__name__}: {time.perf_counter() - began:.0f} s", flush=True)
    return [missed]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
