"""Roles in virtual time: found by peers that dial back, through boxes of every kind."""

import random

import pytest

from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.overlay.core import Role
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.overlay.params import Params
from seattle_p2p.sim.links import Constant
from seattle_p2p.sim.nat import Box
from seattle_p2p.sim.world import World

PUBLIC = 16
OUTER = "20.0.0.1"
INSIDE = Endpoint("10.0.0.2", 4711)


def a_core(host):
    core = OverlayNode(
        KeyPair(host.index.to_bytes(32)),
        network="roles",
        params=Params(k=8, role_s=300.0),
        rng=random.Random(host.index),
        entropy=random.Random(f"entropy {host.index}").randbytes,
    )
    core.set_local_endpoints([host.endpoint])
    return core


def join(world, host, through):
    world.start(host)
    host.core.join([through] if through else [], world.now_ns)
    world.collect(host)
    world.run(until=world.now_s + 3)


@pytest.fixture
def world():
    """A small network of nodes in the open."""
    made = World(1, latency=Constant(20))
    for number in range(PUBLIC):
        host = made.add_host(Endpoint(f"16.{number}.0.1", 4711), a_core)
        join(made, host, made.hosts[0].endpoint if number else None)
    return made


def test_nodes_in_the_open_are_servers_and_stay_so(world):
    world.run(until=world.now_s + 7200)

    assert {host.core.role for host in world.hosts} == {Role.SERVER}


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("full_cone", Role.SERVER),
        ("restricted", Role.CLIENT),
        ("port_restricted", Role.CLIENT),
        ("symmetric", Role.CLIENT),
        ("cgnat", Role.CLIENT),
    ],
)
def test_a_node_behind_a_box_finds_out_whether_strangers_reach_it(world, kind, role):
    inside = world.add_host(INSIDE, a_core)
    world.put_behind(inside, Box(world, kind, OUTER))

    join(world, inside, world.hosts[0].endpoint)
    world.run(until=world.now_s + 600)

    assert inside.core.role is role
    assert len(inside.core.peers()) >= 4


def test_a_server_that_moves_behind_a_box_becomes_a_client(world):
    moved = world.hosts[5]
    world.put_behind(moved, Box(world, "port_restricted", OUTER))

    world.run(until=world.now_s + 7200)

    assert moved.core.role is Role.CLIENT
