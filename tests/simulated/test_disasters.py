"""A small network cut in two for ten minutes, or bereft of a third: soon whole again."""

# `./dev bench overlay-world --rows 14` shows the same for 10,000 nodes.

import random

import pytest

from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.faults import Partition
from seattle_p2p.sim.staging import Stage
from tests.support.pieces import pieces

DONORS, OWNERS = 60, 12
APART_S = 600
WHOLE_AGAIN_S = 120
USEFUL_AGAIN_S = 60
SUCCESS = 0.99
_LOOK_S = 10


def a_stage(seed: int) -> Stage:
    """A network that has settled, in which every donor is found by two owners."""
    groups = (
        shapes.NodeGroup(name="seeds", count=2, role="bootstrap"),
        shapes.NodeGroup(name="donors", count=DONORS, join_at_s=1, join_span_s=30, vessels=2),
        shapes.NodeGroup(name="people", count=4, role="experimenter", join_at_s=60),
    )
    stage = Stage(
        shapes.Scenario(
            version=1,
            meta=shapes.About(name="disasters", duration_s=10_000, signer="simulated"),
            nodes=groups,
            network=shapes.Network(latency="planetlab"),
            workload=shapes.Workload(owners=OWNERS),
        ),
        seed,
    )
    stage.world.run(until=200)
    return stage


def found_by_looks_begun_now(stage: Stage) -> float:
    """Share of the live adverts that one look of every owner finds."""
    looks = stage.tally.discoveries
    before = len(looks)
    for person in stage.population.persons:
        stage.population.discover(person)
    stage.world.run(until=stage.world.now_s + _LOOK_S)
    found = sum(len(look.expected & look.found.keys()) for look in looks[before:])
    return found / sum(len(look.expected) for look in looks[before:])


def seconds_until_useful(stage: Stage) -> float:
    """After which a look of every owner finds nearly all, whenever it begins."""
    began_s = stage.world.now_s
    while found_by_looks_begun_now(stage) < SUCCESS:
        assert stage.world.now_s - began_s < 10 * USEFUL_AGAIN_S
    return stage.world.now_s - began_s - _LOOK_S


def seconds_until_whole(stage: Stage) -> float:
    """Until every live server leads to every other, from contact to contact."""
    began_s = stage.world.now_s
    while pieces(stage.population) > 1:
        assert stage.world.now_s - began_s < 10 * WHOLE_AGAIN_S
        stage.world.run(until=stage.world.now_s + 1)
    return stage.world.now_s - began_s


@pytest.mark.parametrize("seed", [1, 2])
def test_a_network_cut_in_two_for_ten_minutes_becomes_one_again(seed):
    stage = a_stage(seed)
    world = stage.world
    hosts = [member.host for member in stage.population.members]
    random.Random(seed).shuffle(hosts)
    cut = Partition(hosts[::2], hosts[1::2], one_way=False)

    world.add_rule(cut)
    world.run(until=world.now_s + APART_S)
    found_meanwhile = found_by_looks_begun_now(stage)
    world.remove_rule(cut)

    assert found_meanwhile < SUCCESS
    assert seconds_until_whole(stage) <= WHOLE_AGAIN_S
    assert seconds_until_useful(stage) <= USEFUL_AGAIN_S


@pytest.mark.parametrize("seed", [1, 2])
def test_after_three_tenths_died_at_once_the_others_are_found_again(seed):
    stage = a_stage(seed)
    dead = stage.population.chosen("donors", 0.3, random.Random(seed))

    for member in dead:
        stage.population.crash(member)

    assert seconds_until_useful(stage) <= USEFUL_AGAIN_S
    assert seconds_until_whole(stage) <= WHOLE_AGAIN_S
