"""Reading a key: what it costs, whom it asks first, whom it meets."""

import pytest

from seattle_p2p.overlay.core import AdvertFound, Role
from tests.support.carried import Carrier, a_core, a_key

OWNER = a_key(500).public


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
