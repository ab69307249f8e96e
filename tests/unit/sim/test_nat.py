"""Who gets through which kind of box, and for how long."""

import pytest

from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.sim.links import Constant
from seattle_p2p.sim.nat import Box
from seattle_p2p.sim.world import World
from tests.support.toy_core import ToyCore

OUTER = "20.0.0.1"
PEER = Endpoint("16.0.0.1", 4711)
SAME_ADDRESS = Endpoint("16.0.0.1", 5000)
STRANGER = Endpoint("17.0.0.1", 4711)
KINDS = ["full_cone", "restricted", "port_restricted", "symmetric"]


def a_world(kind):
    """A host behind a box, and three in the open that only answer."""
    world = World(1, latency=Constant(10))
    for endpoint in (PEER, SAME_ADDRESS, STRANGER, Endpoint("10.0.0.2", 4711)):
        host = world.add_host(endpoint, lambda host: ToyCore([], world.streams.stream("toy")))
        world.start(host)
    inside = world.hosts[-1]
    world.put_behind(inside, Box(world, kind, OUTER))
    return world, inside


def outer_endpoint(world, inside, peer):
    """Let the host inside write to `peer`; where it was seen to come from."""
    world.send(b"\x03\x00", inside, peer)
    world.run(until=world.now_s + 1)
    return world.host_at(peer).core.heard[-1][2]


@pytest.mark.parametrize(
    ("kind", "let_in"),
    [
        ("full_cone", [PEER, SAME_ADDRESS, STRANGER]),
        ("restricted", [PEER, SAME_ADDRESS]),
        ("port_restricted", [PEER]),
        ("symmetric", [PEER]),
    ],
)
def test_a_box_lets_in_whom_its_kind_says(kind, let_in):
    world, inside = a_world(kind)
    outer = outer_endpoint(world, inside, PEER)

    for sender in (PEER, SAME_ADDRESS, STRANGER):
        world.send(b"\x03\x07", world.host_at(sender), outer)
    world.run(until=world.now_s + 1)

    assert outer.host == OUTER
    assert sorted(source for _, _, source in inside.core.heard) == sorted(let_in)


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_symmetric_box_shows_another_endpoint_to_another_peer(kind):
    world, inside = a_world(kind)

    first = outer_endpoint(world, inside, PEER)
    second = outer_endpoint(world, inside, STRANGER)

    assert (first != second) == (kind == "symmetric")


@pytest.mark.parametrize("kind", KINDS)
def test_a_host_behind_a_box_is_not_reached_at_its_own_endpoint(kind):
    world, inside = a_world(kind)

    world.send(b"\x03\x07", world.hosts[0], inside.endpoint)
    world.run(until=1)

    assert inside.core.heard == []
    assert world.traffic.lost_to_nobody == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_mapping_is_gone_two_minutes_after_its_last_use_from_inside(kind):
    world, inside = a_world(kind)
    outer = outer_endpoint(world, inside, PEER)

    for at_s in (100, 119, 130):
        world.run(until=at_s)
        world.send(b"\x03\x07", world.hosts[0], outer)
    world.run(until=131)
    later = outer_endpoint(world, inside, PEER)

    assert len(inside.core.heard) == 2
    assert later != outer


def test_hosts_of_one_carrier_share_its_address():
    world, inside = a_world("cgnat")
    other = world.add_host(
        Endpoint("10.0.0.3", 4711), lambda host: ToyCore([], world.streams.stream("toy"))
    )
    world.start(other)
    world.put_behind(other, inside.box)

    first = outer_endpoint(world, inside, PEER)
    second = outer_endpoint(world, other, PEER)

    assert first.host == second.host == OUTER
    assert first.port != second.port
