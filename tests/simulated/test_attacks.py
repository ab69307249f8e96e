"""Small worlds with liars in them: what owners still find, and what liars never get."""

import random

import pytest

from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.core import Role
from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.flood import Junk, flooders
from seattle_p2p.sim.impostors import ClaimIds, Garbler, Relay
from seattle_p2p.sim.population import Person
from seattle_p2p.sim.run import Run
from seattle_p2p.sim.staging import Stage
from seattle_p2p.sim.sybils import Sybils

DONORS = 40


def a_scenario(mode="objects", attacks=(), vessels=1):
    groups = (
        shapes.NodeGroup(name="seeds", count=2, role="bootstrap"),
        shapes.NodeGroup(
            name="donors", count=DONORS, join_at_s=1, join_span_s=20, vessels=vessels
        ),
        shapes.NodeGroup(name="people", count=3, role="experimenter", join_at_s=40),
    )
    return shapes.Scenario(
        version=1,
        meta=shapes.About(name="attacks", duration_s=150, mode=mode, signer="simulated"),
        nodes=groups,
        network=shapes.Network(latency="constant"),
        workload=shapes.Workload(discover_from_s=100, discover_every_s=15),
        attacks=attacks,
    )


@pytest.mark.parametrize("kind", ["withhold", "misroute", "invent", "ignore"])
def test_sybils_round_a_key_hide_none_of_its_adverts(kind):
    attack = shapes.Attack(kind=kind, at_s=50, count=30, tries=50)

    result = Run(a_scenario(attacks=(attack,))).execute()

    assert result.measures["discovery.recall"] == 1
    assert [v.name for v in result.verdicts if not v.holds] == []


def test_a_fifth_of_all_nodes_may_turn():
    attack = shapes.Attack(kind="misroute", at_s=80, share=0.2)

    result = Run(a_scenario(attacks=(attack,))).execute()

    assert result.measures["discovery.recall"] >= 0.99


def test_an_attack_is_the_same_every_time():
    attack = shapes.Attack(kind="invent", at_s=50, count=5, tries=20)

    hashes = {Run(a_scenario(attacks=(attack,))).execute().trace_hash for _ in range(2)}

    assert len(hashes) == 1


@pytest.mark.parametrize("way", ["claim", "relay", "garble"])
def test_nobody_gets_another_s_id_and_no_bytes_raise(way):
    stage = Stage(a_scenario(mode="wire"), 1)
    world, population, rng = stage.world, stage.population, random.Random(1)
    world.run(until=60)
    liar, victim = population.members[10], population.members[11]
    posing = Peer(victim.signer.public.node_id, victim.host.endpoint)
    if way == "claim":
        key = victim.signer.public.raw
        Sybils(population, stage._codec, rng).turn(
            [liar], lambda gang: ClaimIds(gang, posing.id, key)
        )
    elif way == "relay":
        liar.host.core = Relay(liar.core, stage._codec, rng, posing)
    else:
        liar.host.core = Garbler(liar.core, stage._codec, rng)

    late = [
        population.add(stage._new_signer(), group="late", role=Role.UNKNOWN, seed=False)
        for _ in range(10)
    ]
    for member in late:
        population.start(member)
    world.run(until=150)

    assert all(member.joined for member in late)
    for member in population.live_members():
        for peer in member.core.peers() if member is not liar else ():
            there = world.host_at(peer.endpoint)
            assert there is not None
            assert there.index == population.host_of(peer.id)
    if way == "relay":
        assert liar.core.passed_on
        assert not liar.core.signed


def test_a_flood_of_valid_junk_hides_no_honest_advert():
    stage = Stage(a_scenario(vessels=0), 1)
    world, population = stage.world, stage.population
    world.run(until=60)
    owner = Person(0, stage._new_signer().public, [DONORS + 3])
    honest = [member for member in population.members if member.group == "donors"][:20]
    for member in honest[:10]:
        population.advertise(member, owner)
    world.run(until=70)
    junk = Junk(owner.key, 600, population.oracle(), stage.signatures, random.Random(1))
    sybils = Sybils(population, stage._codec, random.Random(1))
    hosts = sybils.add([stage._new_signer() for _ in range(4)], ip_groups=4)
    endpoints = [member.host.endpoint for member in hosts]
    for member, core in zip(hosts, flooders(endpoints, junk, stage._codec, 20), strict=True):
        member.host.core = core
        world.start(member.host)
    world.run(until=85)
    for member in honest[10:]:
        population.advertise(member, owner)
    world.run(until=100)

    population.discover(owner)
    look = stage.tally.discoveries[-1]
    world.run(until=140)

    assert junk.outcomes[0] > 10 * len(honest)
    assert look.found.keys() == {member.index for member in honest}
