"""Renewals: straight to the last round's holders, by a walk where much has changed."""

from collections import Counter

import msgspec

from seattle_p2p.identity.keys import storage_key
from seattle_p2p.overlay.estimate import SizeEstimate
from seattle_p2p.overlay.params import Params
from seattle_p2p.wire.adverts import place_of
from seattle_p2p.wire.codec import WireCodec
from seattle_p2p.wire.datagrams import Find, Store
from tests.support.carried import NETWORK, Carrier, a_core, a_key

CODEC = WireCodec(NETWORK)
OWNER = a_key(10_001).public
PLACE = place_of(storage_key(OWNER).public.raw)
K, RENEWED_S = 8, 200
PARAMS = Params(
    k=K,
    lifetime_s=2 * RENEWED_S,
    renew_s=RENEWED_S,
    first_renewal_s=1,
    refresh_s=10**6,
    estimate_s=10**6,
)
YOUNG_S = 700
"""By then the first rounds, which walk, are over."""


def a_network(size=30):
    """Nodes of which the one farthest from the place advertises, its first rounds over."""
    net = Carrier()
    nodes = net.add_joined(size, params=PARAMS)
    publisher = max(nodes, key=lambda where: net.nodes[where].id ^ PLACE)
    net.ask(publisher, "publish", OWNER, overlay=[publisher], commands=[publisher])
    net.pass_time(YOUNG_S)
    return net, publisher


def holders(net):
    return {where for where, node in net.nodes.items() if node.statistics().records}


def closest(net, publisher):
    others = [where for where in net.nodes if where != publisher]
    return set(sorted(others, key=lambda where: net.nodes[where].id ^ PLACE)[:K])


def sent_by(net, publisher, seconds):
    """How many requests of each kind a node sends in that time."""
    net.carried.clear()
    net.pass_time(seconds)
    return Counter(
        type(CODEC.decode(data)) for data, source, _ in net.carried if source == publisher
    )


def test_a_renewal_asks_one_holder_and_stores_at_all():
    net, publisher = a_network()

    sent = sent_by(net, publisher, RENEWED_S)

    assert holders(net) == closest(net, publisher)
    assert sent[Find] == 1
    assert sent[Store] == K


def test_a_renewal_reaches_the_few_who_came_closer_meanwhile():
    net, publisher = a_network()
    newcomers = sorted(
        (a_core(number, params=PARAMS) for number in range(500, 900)),
        key=lambda core: core.id ^ PLACE,
    )[:2]
    there = {net.add(core) for core in newcomers}
    for where in there:
        net.ask(where, "join", [publisher])

    net.pass_time(RENEWED_S)

    assert there <= holders(net)


def test_a_renewal_walks_when_a_quarter_of_the_holders_is_gone():
    net, publisher = a_network()
    for where in list(closest(net, publisher))[: K // 2]:
        net.remove(where)

    net.pass_time(2 * RENEWED_S)

    assert closest(net, publisher) <= holders(net)


def test_an_advert_withdrawn_after_many_renewals_is_held_by_nobody():
    net, publisher = a_network()

    (withdrawn,) = net.ask(publisher, "withdraw", OWNER)

    assert withdrawn.holders == K
    assert holders(net) == set()


def test_an_advert_lives_through_many_lifetimes():
    net, _ = a_network()

    for _ in range(10):
        net.pass_time(RENEWED_S)
        assert len(holders(net)) >= K


def test_in_a_large_network_an_advert_reaches_the_closest_though_paths_share_no_peer(
    monkeypatch,
):
    monkeypatch.setattr(SizeEstimate, "servers", 1000)
    net = Carrier()
    nodes = net.add_joined(30, params=PARAMS)
    publisher = max(nodes, key=lambda where: net.nodes[where].id ^ PLACE)
    net.carried.clear()
    net.ask(publisher, "publish", OWNER, overlay=[publisher], commands=[publisher])
    net.pass_time(0.9)

    asked = Counter(
        destination
        for data, source, destination in net.carried
        if source == publisher and isinstance(CODEC.decode(data), Find)
    )
    assert closest(net, publisher) <= holders(net)
    assert max(asked.values()) == 1


def test_paths_that_may_ask_no_more_are_followed_by_one_walk(monkeypatch):
    monkeypatch.setattr(SizeEstimate, "servers", 1000)
    net = Carrier()
    nodes = net.add_joined(30, params=PARAMS)
    few = msgspec.structs.replace(PARAMS, lookup_requests=3)
    publisher = net.add(a_core(99, params=few))
    net.ask(publisher, "join", nodes[:1])
    net.carried.clear()

    net.ask(publisher, "publish", OWNER, overlay=[publisher], commands=[publisher])

    sent = [type(CODEC.decode(data)) for data, source, _ in net.carried if source == publisher]
    first_stores = sent.index(Store)
    assert sent[:first_stores].count(Find) == 3 * (3 + 1)  # it has contacts for three paths
