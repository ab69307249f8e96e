"""Reading a key: what it costs, whom it asks first, whom it meets."""

import pytest

from seattle_p2p.identity.keys import sealing_secret, storage_key
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.core import AdvertFound, AdvertsRead, Role
from seattle_p2p.overlay.params import Params
from seattle_p2p.wire.adverts import Advert, place_of, seal_advert
from seattle_p2p.wire.endpoints import Endpoint
from tests.support.carried import Carrier, a_core, a_key

OWNER = a_key(500).public
PLACE = place_of(storage_key(OWNER).public.raw)


@pytest.fixture
def grown() -> tuple[Carrier, list]:
    """A network in which one node is published and the first joined before all others."""
    net = Carrier()
    everybody = net.add_joined(40)
    last = everybody[-1]
    net.ask(last, "publish", OWNER, overlay=[last], commands=[last])
    return net, everybody


def sent(net: Carrier, where, what: str) -> int:
    return net.nodes[where].statistics().counts.get(f"sent.{what}", 0)


def a_reader(net: Carrier, everybody: list):
    """An experimenter who joined through one node and knows little more than its neighbours."""
    where = net.add(a_core(900, role=Role.CLIENT))
    net.ask(where, "join", everybody[:1])
    return where


def knows_only(net: Carrier, where, peer):
    """Make a node forget all contacts but one; its table."""
    table = net.nodes[where].parts.table
    table.flush()
    table.add_contact(peer)
    return table


def test_a_reading_that_is_given_up_makes_no_acquaintances(grown):
    net, everybody = grown
    reader = a_reader(net, everybody)
    knows_only(net, reader, net.nodes[everybody[0]].peers()[0])
    before = sent(net, reader, "Introduce")

    events = net.ask(reader, "find_adverts", OWNER, confirm=False, enough=1)

    assert isinstance(events[0], AdvertFound)
    assert sent(net, reader, "Introduce") == before


def test_a_reading_brings_few_newcomers_into_the_table(grown):
    net, everybody = grown
    reader = a_reader(net, everybody)
    kept = net.nodes[everybody[0]].peers()[0]
    table = knows_only(net, reader, kept)

    net.ask(reader, "find_adverts", OWNER, confirm=False)

    assert {peer.id for peer in table} > {kept.id}
    assert len(table) <= 3


def test_who_wants_one_advert_asks_one_peer_at_a_time(grown):
    net, everybody = grown
    reader = everybody[0]
    before = sent(net, reader, "Read")

    net.nodes[reader].find_adverts(OWNER, net.now, confirm=False, enough=1)

    assert sent(net, reader, "Read") == before + 1


def test_who_gives_up_at_the_first_advert_sends_no_further_question(grown):
    net, everybody = grown
    reader = net.nodes[everybody[0]]
    number = reader.find_adverts(OWNER, net.now, confirm=False)
    while not (told := reader.events()):
        for where, node in net.nodes.items():
            for data, to in node.datagrams_to_send():
                net.nodes[to].receive_datagram(data, where, net.now)

    reader.cancel(number, net.now)

    assert isinstance(told[0], AdvertFound)
    assert reader.datagrams_to_send() == []
    assert reader.statistics().counts["sent.taken_back"] > 0


def a_network_of_publishers(count: int, **params) -> tuple[Carrier, list]:
    net = Carrier()
    everybody = net.add_joined(count, params=Params(k=8, **params))
    for where in everybody:
        net.ask(where, "publish", OWNER, overlay=[where], commands=[where])
    return net, everybody


def test_a_holder_s_look_does_not_end_with_an_advert_of_who_is_out_of_its_reach(grown):
    net, everybody = grown
    out_of_reach = a_key(700)
    record = seal_advert(
        Advert(out_of_reach.public, (Endpoint("2001:db8::1", 7),), (), 1, 3600),
        node=out_of_reach,
        storage=storage_key(OWNER),
        secret=sealing_secret(OWNER),
        nonce=bytes(24),
    )
    reader = next(w for w in everybody if not net.nodes[w].statistics().records)
    sender = Peer(out_of_reach.public.node_id, Endpoint("10.9.9.9", 7))
    net.nodes[reader].parts.records.put(PLACE, 0, record, sender, net.now)

    events = net.ask(reader, "find_adverts", OWNER)

    assert [e.advert.overlay[0] for e in events[:-1]] == [everybody[-1]]
    assert events[-1].dead == 1


def test_who_has_found_enough_tries_none_of_the_others():
    net, everybody = a_network_of_publishers(12)
    reader = net.add(a_core(900, role=Role.CLIENT, params=Params(k=8, confirmations=1)))
    net.ask(reader, "join", everybody[:1])
    net.nodes[reader].find_adverts(OWNER, net.now, enough=1)
    while not any(isinstance(event, AdvertsRead) for event in net.told[reader]):
        net.pass_time(0.001)
    before = sent(net, reader, "Ping")

    net.pass_time(0.2)

    assert sent(net, reader, "Ping") == before


def test_a_look_whose_questions_are_used_up_does_not_call_itself_complete():
    net, everybody = a_network_of_publishers(24, read_requests=0)

    *_, end = net.ask(everybody[0], "find_adverts", OWNER)

    assert not end.complete


def test_who_is_close_to_a_full_place_publishes_elsewhere():
    net, everybody = a_network_of_publishers(6, max_entries=3)

    held = [net.nodes[where].statistics().records for where in everybody]

    assert max(held) == 3
