"""From one address family into the other: who is named to whom, and how much of it."""

import pytest

from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.core import PeersElsewhere
from seattle_p2p.overlay.params import Params
from seattle_p2p.wire.codec import WireCodec
from seattle_p2p.wire.datagrams import Find
from seattle_p2p.wire.endpoints import Endpoint
from tests.support.carried import NETWORK, Carrier, a_core, a_key

FOUR, SIX, BOTH = 1, 2, 3
OVER_THERE = [
    Peer(a_key(n).public.node_id, Endpoint(f"fd00::{n:x}", 7000)) for n in range(90, 130)
]


def named(_target, count):
    return OVER_THERE[:count]


@pytest.fixture
def net():
    """Five nodes on IPv4; the second knows peers on IPv6."""
    made = Carrier()
    made.servers = made.add_joined(5, params=Params(k=8))
    made.nodes[made.servers[1]].set_elsewhere(named)
    return made


def test_contacts_name_the_peers_they_know_in_the_other_family(net):
    (answer,) = net.ask(net.servers[3], "look_elsewhere", SIX)

    assert isinstance(answer, PeersElsewhere)
    assert answer.peers
    assert set(answer.peers) <= set(OVER_THERE)
    assert len(answer.peers) <= 16


def test_who_knows_nobody_hears_at_once_that_nobody_is_known():
    net = Carrier()
    alone = net.add(a_core(70))

    (answer,) = net.ask(alone, "look_elsewhere", SIX)

    assert answer.peers == ()


def test_peers_of_the_family_that_was_not_asked_for_are_passed_over(net):
    four = [Peer(peer.id, Endpoint("10.9.0.1", 7000)) for peer in OVER_THERE]
    net.nodes[net.servers[1]].set_elsewhere(lambda _target, count: four[:count])

    (answer,) = net.ask(net.servers[3], "look_elsewhere", SIX)

    assert answer.peers == ()


def test_who_asks_for_our_own_family_is_told_nothing_of_the_other(net):
    codec = WireCodec(NETWORK)
    stranger = Endpoint("10.200.0.1", 7000)
    ask = Find(5, b"", bytes(20), False, FOUR, bytes(20), bytes(900))

    ((reply, _),) = net.inject(codec.encode(ask), stranger, net.servers[1])

    assert all(packed[20] == 4 for packed in codec.decode(reply).peers)


@pytest.mark.parametrize("padding", range(0, 1000, 7))
@pytest.mark.parametrize("families", [SIX, BOTH])
def test_an_unproved_asker_gets_no_more_than_it_sent(net, padding, families):
    ask = Find(5, b"", bytes(20), False, families, bytes(20), bytes(padding))
    data = WireCodec(NETWORK).encode(ask)

    replies = net.inject(data, Endpoint("10.200.0.1", 7000), net.servers[1])

    assert sum(len(reply) for reply, _ in replies) <= len(data)


def test_looking_elsewhere_leaves_nothing_behind_when_it_is_given_up(net):
    core = net.nodes[net.servers[3]]

    number = core.look_elsewhere(SIX, net.now)
    core.cancel(number, net.now)

    assert core.statistics().outstanding == 0
    assert core.statistics().activities == 0
