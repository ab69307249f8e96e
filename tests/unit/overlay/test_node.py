"""Overlay nodes with hand-carried datagrams: joining, publishing, finding, being lied to."""

import random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seattle_p2p.identity.keys import PublicKey, sealing_secret, storage_key
from seattle_p2p.overlay.core import (
    AdvertFound,
    AdvertsRead,
    Joined,
    JoinFailed,
    LookedUp,
    Pinged,
    Published,
    Role,
    RoleFound,
    Withdrawn,
)
from seattle_p2p.overlay.exchange import SMALLEST_PADDING
from seattle_p2p.overlay.params import SECOND, Params
from seattle_p2p.overlay.proofs import make_proof
from seattle_p2p.wire import datagrams
from seattle_p2p.wire.adverts import Advert, place_of, seal_advert
from seattle_p2p.wire.codec import WireCodec
from seattle_p2p.wire.datagrams import Outcome
from seattle_p2p.wire.endpoints import Endpoint, pack_endpoint
from tests.support.carried import NETWORK, Carrier, a_core, a_key
from tests.support.liars import Liar
from tests.support.unproved import REQUESTS

CODEC = WireCodec(NETWORK)
OWNER = a_key(10_001).public
USER = a_key(10_002).public
NOBODY = Endpoint("10.99.0.1", 9)
ELSEWHERE = Endpoint("203.0.113.9", 999)


def publish(net, where, person=OWNER):
    return net.ask(where, "publish", person, overlay=[where], commands=[where])


def find(net, where, person=OWNER, **named):
    events = net.ask(where, "find_adverts", person, **named)
    return {e.advert.overlay[0] for e in events if isinstance(e, AdvertFound)}, events[-1]


def test_what_one_counts_as_sent_the_others_count_as_received():
    net = Carrier()
    counts = [net.nodes[where].statistics().counts for where in net.add_joined(6)]

    for sent in [name for known in counts for name in known if name.startswith("sent.")]:
        kind = sent.removeprefix("sent.")
        if kind != "again":
            received = sum(known.get(f"received.{kind}", 0) for known in counts)
            assert sum(known.get(sent, 0) for known in counts) == received
    octets = [sum(known[f"octets.{way}"] for known in counts) for way in ("sent", "received")]
    assert octets[0] == octets[1] > 0


# Joining


def test_the_first_two_nodes_meet_and_know_each_other_as_servers():
    net = Carrier()
    first, second = net.add_joined(2)

    assert [p.endpoint for p in net.nodes[first].peers()] == [second]
    assert [p.endpoint for p in net.nodes[second].peers()] == [first]
    assert net.nodes[first].role is net.nodes[second].role is Role.SERVER


def test_joining_tells_how_many_contacts_were_made():
    net = Carrier()
    net.add_joined(10)
    last = net.add(a_core(99))

    (joined,) = net.ask(last, "join", [next(iter(net.nodes))])

    assert isinstance(joined, Joined)
    assert joined.peers >= 8
    assert joined.role is Role.SERVER


def test_joining_fails_when_nobody_answers():
    net = Carrier()
    alone = net.add(a_core(1))

    assert net.ask(alone, "join", [NOBODY]) == [JoinFailed(request=1, asked=1)]


def test_joining_through_nobody_is_being_the_first():
    net = Carrier()
    alone = net.add(a_core(1))

    (joined,) = net.ask(alone, "join", [])

    assert joined.peers == 0


def test_one_living_seed_among_dead_ones_is_enough():
    net = Carrier()
    first = net.add_joined(3)[0]
    late = net.add(a_core(50))

    (joined,) = net.ask(late, "join", [NOBODY, first])

    assert joined.peers == 3


def test_an_experimenter_stands_in_nobodys_table():
    net = Carrier()
    servers = net.add_joined(5)
    client = net.add(a_core(60, role=Role.CLIENT))

    (joined,) = net.ask(client, "join", servers[:1])

    assert joined.role is Role.CLIENT
    assert joined.peers == 5
    for where in servers:
        assert client not in [p.endpoint for p in net.nodes[where].peers()]


def test_a_node_nobody_new_can_reach_stays_out_of_tables():
    net = Carrier()
    servers = net.add_joined(6)
    hidden = net.add(a_core(60), host="192.168.1.9")
    outside = Endpoint("203.0.113.5", 31000)
    asked = set()

    def translated(data, source, to):
        if source == hidden:
            asked.add(to)
            net.nodes[to].receive_datagram(data, outside, net.now)
            return True
        return False

    net.lose = translated
    deliver = net.nodes[hidden]
    net.nodes[outside] = _Behind(deliver, asked)
    net.told[outside] = []

    (joined,) = net.ask(hidden, "join", servers[:1])
    net.pass_time(5)

    assert joined.peers >= 1
    assert deliver.role is Role.UNKNOWN
    for where in servers:
        assert outside not in [p.endpoint for p in net.nodes[where].peers()]


def test_a_server_whom_strangers_stop_reaching_becomes_a_client_and_comes_back():
    net = Carrier()
    params = Params(k=8, role_s=120.0)
    servers = net.add_joined(14, params=params)
    watched = servers[5]
    last_sent: dict[Endpoint, int] = {}

    def walled_off(data, source, to):
        if source == watched:
            last_sent[to] = net.now
        return to == watched and net.now - last_sent.get(source, -(10**12)) > 20 * SECOND

    assert net.nodes[watched].role is Role.SERVER
    net.lose = walled_off
    net.pass_time(1500)
    assert net.nodes[watched].role is Role.CLIENT

    net.lose = lambda *_: False
    net.pass_time(600)
    assert net.nodes[watched].role is Role.SERVER
    found = [event for event in net.told[watched] if isinstance(event, RoleFound)]
    assert [event.role for event in found[-2:]] == [Role.CLIENT, Role.SERVER]


def test_a_server_with_nobody_new_around_stays_one():
    net = Carrier()
    servers = net.add_joined(6, params=Params(k=8, role_s=120.0))

    net.pass_time(3000)

    assert all(net.nodes[where].role is Role.SERVER for where in servers)


class _Behind:
    """The outer side of an address translation that lets in only who was written to."""

    def __init__(self, node, asked):
        self.node = node
        self.asked = asked

    def receive_datagram(self, data, source, now):
        if source in self.asked:
            self.node.receive_datagram(data, source, now)

    def datagrams_to_send(self):
        return []

    def events(self):
        return []

    def handle_timer(self, now):
        pass

    deadline = None
    busy = False


# Finding and publishing


def test_everything_published_is_found_from_every_node():
    net = Carrier()
    nodes = net.add_joined(24)
    for where in nodes[::3]:
        (published,) = publish(net, where)
        assert published.holders >= 8

    for where in nodes:
        found, end = find(net, where)
        assert found == set(nodes[::3])
        assert end.complete


def test_a_researcher_finds_everything_from_one_address():
    net = Carrier()
    nodes = net.add_joined(24)
    for where in nodes:
        publish(net, where)
    client = net.add(a_core(70, role=Role.CLIENT))
    net.ask(client, "join", [nodes[13]])

    found, end = find(net, client)

    assert found == set(nodes)
    assert (end.found, end.dead, end.complete) == (24, 0, True)


def test_owner_and_user_are_separate_places():
    net = Carrier()
    nodes = net.add_joined(6)
    publish(net, nodes[1], OWNER)
    publish(net, nodes[2], USER)

    assert find(net, nodes[5], OWNER)[0] == {nodes[1]}
    assert find(net, nodes[5], USER)[0] == {nodes[2]}


def test_nobody_is_found_under_a_key_nobody_serves():
    net = Carrier()
    nodes = net.add_joined(6)

    found, end = find(net, nodes[3], a_key(777).public)

    assert found == set()
    assert end.complete


def test_what_is_withdrawn_is_found_no_more():
    net = Carrier()
    nodes = net.add_joined(12)
    publish(net, nodes[2])
    publish(net, nodes[3])

    (withdrawn,) = net.ask(nodes[2], "withdraw", OWNER)

    assert withdrawn.holders >= 8
    assert find(net, nodes[9], confirm=False)[0] == {nodes[3]}
    assert net.ask(nodes[2], "withdraw", OWNER) == [
        Withdrawn(request=withdrawn.request + 1, person=OWNER, holders=0)
    ]


def test_what_is_withdrawn_and_comes_back_is_newer_than_before():
    net = Carrier()
    nodes = net.add_joined(8)
    publish(net, nodes[3])
    net.ask(nodes[3], "withdraw", OWNER)
    publish(net, nodes[3], USER)
    publish(net, nodes[3])

    events = net.ask(nodes[0], "find_adverts", OWNER)

    (again,) = [e.advert.sequence for e in events if isinstance(e, AdvertFound)]
    assert again == 3


def test_the_dead_are_not_shown_and_are_forgotten_once_reported():
    net = Carrier()
    nodes = net.add_joined(12)
    for where in nodes:
        publish(net, where)
    dead = nodes[1:4]
    for where in [*dead, nodes[0]]:
        net.remove(where)

    found, end = find(net, nodes[7])

    assert found == set(nodes[4:])
    assert end.dead == 4
    for _ in range(16):
        net.pass_time(10)
        found, _ = find(net, nodes[8])
    unconfirmed, _ = find(net, nodes[9], confirm=False)
    assert found == unconfirmed == set(nodes[4:])


def test_a_node_that_comes_back_elsewhere_is_found_there():
    net = Carrier()
    nodes = net.add_joined(10)
    publish(net, nodes[4])
    net.remove(nodes[4])
    again = net.add(a_core(5), host="10.77.0.1")
    net.ask(again, "join", [nodes[0]])
    publish(net, again)

    found, _ = find(net, nodes[8])

    assert found == {again}


def test_new_endpoints_replace_old_ones_at_once():
    net = Carrier()
    nodes = net.add_joined(10)
    publish(net, nodes[4])
    extra = Endpoint("198.51.100.1", 1)

    net.ask(nodes[4], "publish", OWNER, overlay=[nodes[4]], commands=[extra])

    events = net.ask(nodes[7], "find_adverts", OWNER)
    assert [e.advert.commands for e in events if isinstance(e, AdvertFound)] == [(extra,)]


def test_adverts_are_renewed_before_they_end_and_end_when_they_are_not():
    net = Carrier()
    nodes = net.add_joined(10)
    publish(net, nodes[4])
    publish(net, nodes[5])

    net.pass_time(3000)
    net.remove(nodes[5])
    net.pass_time(3700)

    assert find(net, nodes[8], confirm=False)[0] == {nodes[4]}
    renewals = [e for e in net.told[nodes[4]] if isinstance(e, Published) and not e.request]
    assert 4 <= len(renewals) <= 7


def test_renewals_do_not_come_at_the_same_time_everywhere():
    net = Carrier()
    nodes = net.add_joined(10)
    for where in nodes:
        publish(net, where)
    begun = net.now
    renewed = set()
    while net.now < begun + 1600 * SECOND:
        net.pass_time(10)
        for where in nodes:
            if any(isinstance(e, Published) and not e.request for e in net.told[where]):
                renewed.add((where, (net.now - begun) // (10 * SECOND)))
                net.told[where].clear()

    assert len({when for _, when in renewed}) >= 4


def test_a_lookup_finds_the_live_closest():
    net = Carrier()
    nodes = net.add_joined(40)
    ids = {net.nodes[where].id: where for where in nodes}
    for where in nodes[30:]:
        net.remove(where)
    live = sorted(id for id, where in ids.items() if where in net.nodes)
    rng = random.Random(4)

    for target in (rng.getrandbits(160) for _ in range(20)):
        (done,) = net.ask(nodes[7], "look_up", target)
        expected = sorted((i for i in live if ids[i] != nodes[7]), key=lambda i: i ^ target)[:8]
        assert isinstance(done, LookedUp)
        assert [p.id for p in done.peers] == expected
        assert done.complete


def test_a_ping_tells_whether_somebody_is_there():
    net = Carrier()
    nodes = net.add_joined(2)

    (answered,) = net.ask(nodes[0], "ping", nodes[1])
    (silent,) = net.ask(nodes[0], "ping", NOBODY)

    assert answered == Pinged(
        request=answered.request,
        endpoint=nodes[1],
        id=net.nodes[nodes[1]].id,
        round_trip_ns=2_000_000,
    )
    assert silent.id is None


def test_an_advert_can_be_confirmed_by_itself():
    net = Carrier()
    nodes = net.add_joined(6)
    publish(net, nodes[4])
    (found, _) = net.ask(nodes[1], "find_adverts", OWNER)

    (alive,) = net.ask(nodes[2], "confirm", found.advert)
    net.remove(nodes[4])
    (dead,) = net.ask(nodes[2], "confirm", found.advert)

    assert (alive.alive, dead.alive) == (True, False)


def test_what_is_given_up_leaves_nothing_behind():
    net = Carrier()
    nodes = net.add_joined(12)
    for where in nodes:
        publish(net, where)
    node = net.nodes[nodes[3]]
    timers = node.statistics().timers

    for _ in range(300):
        net.now += 1000
        for number in (
            node.look_up(5, net.now),
            node.find_adverts(OWNER, net.now),
            node.ping(NOBODY, net.now),
            node.join([NOBODY], net.now),
        ):
            node.cancel(number, net.now)
        node.datagrams_to_send()
    net.settle()

    after = node.statistics()
    assert (after.outstanding, after.activities) == (0, 0)
    assert after.timers <= timers + 1
    assert node.events() == []


# Deadlines


def test_a_contact_that_dies_is_pinged_and_then_dropped():
    net = Carrier()
    nodes = net.add_joined(6)
    net.remove(nodes[5])

    net.ask(nodes[1], "look_up", 0)
    net.pass_time(10)

    assert nodes[5] not in [p.endpoint for p in net.nodes[nodes[1]].peers()]
    assert net.nodes[nodes[1]].statistics().counts["evicted"] == 1


def test_a_lookup_goes_on_without_the_dead_while_others_answer():
    net = Carrier()
    nodes = net.add_joined(20)
    for where in nodes[15:]:
        net.remove(where)

    done, took = net.answer(nodes[1], "look_up", 0)

    true = sorted((net.nodes[w].id, w) for w in nodes[:15] if w != nodes[1])
    assert [p.endpoint for p in done.peers] == [where for _, where in true[:8]]
    assert took < 0.25 * SECOND


def test_a_lookup_to_which_nobody_answers_waits_out_the_hard_deadline():
    net = Carrier()
    nodes = net.add_joined(6)
    for where in nodes:
        if where != nodes[1]:
            net.remove(where)

    done, took = net.answer(nodes[1], "look_up", 0)

    assert done.peers == ()
    assert took >= 0.3 * SECOND


def test_a_peer_nearby_has_15_ms_before_it_is_asked_again():
    net = Carrier()
    nodes = net.add_joined(2)
    net.lose = lambda *_: True
    asker = net.nodes[nodes[1]]
    asker.look_up(0, net.now)
    began, before = net.now, asker.statistics().counts.get("sent.again", 0)

    net.pass_time(0.014)
    early = asker.statistics().counts.get("sent.again", 0)
    net.pass_time(0.05)

    assert net.now - began < 0.1 * SECOND
    assert early == before
    assert asker.statistics().counts["sent.again"] == before + 1


def test_whom_one_lookup_missed_another_one_asks_without_waiting():
    net = Carrier()
    nodes = net.add_joined(20)
    gone = net.remove(nodes[15]).id
    _, first = net.answer(nodes[1], "look_up", gone)

    done, again = net.answer(nodes[1], "look_up", gone)

    assert nodes[15] not in [p.endpoint for p in done.peers]
    assert again < 0.05 * SECOND < first


def test_those_who_name_the_dead_are_told_and_see_for_themselves():
    net = Carrier()
    nodes = net.add_joined(30)
    net.pass_time(10)
    gone = net.remove(nodes[7]).id
    asker = next(
        where
        for where, node in net.nodes.items()
        if gone not in [peer.id for peer in node.peers()]
    )
    net.answer(asker, "look_up", gone)

    net.pass_time(10)

    told = [n for n in net.nodes.values() if n.statistics().counts.get("received.Report")]
    assert told
    assert all(gone not in [peer.id for peer in node.peers()] for node in told)


def test_a_false_report_costs_a_contact_nothing():
    net = Carrier()
    nodes = net.add_joined(6)
    net.pass_time(60)
    there = net.nodes[nodes[5]].id
    teller = net.nodes[nodes[1]]
    named = next(p for p in teller.peers() if p.endpoint == nodes[2])

    teller.parts.report(0, [(named, [named])], net.now)
    teller.parts.report(0, [(p, [named]) for p in teller.peers() if p.id == there], net.now)
    net.pass_time(10)

    assert net.nodes[nodes[2]].statistics().counts["received.Report"] == 2
    assert there in [p.id for p in net.nodes[nodes[2]].peers()]


def test_one_lost_datagram_costs_nobody_its_place():
    net = Carrier()
    nodes = net.add_joined(6)
    lost = []

    def lose_one(data, source, to):
        if to == nodes[5] and not lost:
            lost.append(data)
            return True
        return False

    net.lose = lose_one
    net.ask(nodes[1], "look_up", net.nodes[nodes[5]].id)
    net.pass_time(10)

    assert lost
    assert nodes[5] in [p.endpoint for p in net.nodes[nodes[1]].peers()]


def test_everything_is_found_while_a_tenth_of_the_datagrams_is_lost():
    net = Carrier()
    nodes = net.add_joined(24)
    for where in nodes:
        publish(net, where)
    rng = random.Random(9)
    net.lose = lambda *_: rng.random() < 0.1

    for where in nodes[:8]:
        found, _ = find(net, where, confirm=False)
        assert found == set(nodes)


def test_the_next_timer_is_counted_from_the_latest_time_the_node_was_told():
    node = a_core(1)
    node.set_local_endpoints([Endpoint("10.1.0.1", 7000)])
    assert node.next_timer() is None

    node.ping(NOBODY, 5 * SECOND)

    assert node.next_timer() == pytest.approx(node.params.soft_first_s)
    node.handle_timer(5 * SECOND + SECOND // 10)
    assert node.next_timer() == pytest.approx(node.params.soft_first_s - 0.1)


# Who may say what


class Stranger:
    """A peer written by hand: talks to one node from any address."""

    def __init__(self, net, to, number=500, source=ELSEWHERE):
        self.net, self.to, self.source = net, to, source
        self.key = a_key(number)
        self.id = self.key.public.node_id.to_bytes(20)
        self.token = b""
        self.numbers = iter(range(1, 10**6))

    def say(self, kind, *fields, token=None):
        """Send one request; the replies to it, decoded."""
        token = self.token if token is None else token
        data = CODEC.encode(kind(next(self.numbers), token, *fields))
        out = self.net.inject(data, self.source, self.to)
        replies = [CODEC.decode(reply) for reply, where in out if where == self.source]
        for reply in replies:
            self.token = reply.token or self.token
        return [r for r in replies if isinstance(r, datagrams.Reply)]

    def get_token(self):
        self.say(datagrams.Ping, self.id, False, bytes(24))
        return self

    def proof(self, key=None, seen=None):
        return make_proof(
            key or self.key,
            asker=self.net.nodes[self.to].id,
            nonce=self.token,
            seen=seen or pack_endpoint(self.source),
        )

    def introduce(self, server=True, **named):
        return self.say(
            datagrams.Introduce,
            self.key.public.raw,
            server,
            pack_endpoint(self.to),
            self.proof(**named),
        )

    def record(self, node=None, sequence=1):
        node = node or self.key
        return seal_advert(
            Advert(node.public, (self.source,), (), sequence, 3600),
            node=node,
            storage=storage_key(OWNER),
            secret=sealing_secret(OWNER),
            nonce=b"n" * 24,
        )

    def store(self, record=None, key=b"", signature=b"", depth=0):
        (reply,) = self.say(datagrams.Store, key, signature, depth, record or self.record())
        return reply.outcome


@pytest.fixture
def net():
    carrier = Carrier()
    carrier.add_joined(4)
    return carrier


@pytest.fixture
def stranger(net):
    return Stranger(net, next(iter(net.nodes)))


def contacts(net, where):
    return [p.endpoint for p in net.nodes[where].peers()]


def test_who_proves_its_id_enters_the_table(net, stranger):
    (reply,) = stranger.get_token().introduce()

    assert reply.known
    assert stranger.source in contacts(net, stranger.to)


def test_an_id_without_proof_enters_no_table(net, stranger):
    stranger.get_token()
    stranger.say(datagrams.Ping, stranger.id, True, bytes(24))
    (found,) = stranger.say(datagrams.Find, stranger.id, True, 3, bytes(20), bytes(500))

    assert found.wanted
    assert stranger.source not in contacts(net, stranger.to)


def test_a_proof_by_another_key_is_refused(net, stranger):
    stranger.get_token().introduce(key=a_key(501))

    assert stranger.source not in contacts(net, stranger.to)
    assert net.nodes[stranger.to].statistics().counts["dropped.false_proof"] == 1


def test_a_proof_for_another_address_is_refused(net, stranger):
    stranger.get_token().introduce(seen=pack_endpoint(NOBODY))

    assert stranger.source not in contacts(net, stranger.to)


def test_a_proof_from_another_address_is_refused(net, stranger):
    stranger.get_token()
    thief = Stranger(net, stranger.to, source=NOBODY)
    thief.token = stranger.token

    thief.introduce()

    assert contacts(net, stranger.to).count(NOBODY) == 0


def test_a_proof_made_for_another_node_is_refused(net, stranger):
    """A liar passes on a node's proof as its own: the ids and the address in it betray that."""
    stranger.get_token()
    other = list(net.nodes)[1]
    signature = make_proof(
        stranger.key,
        asker=net.nodes[other].id,
        nonce=stranger.token,
        seen=pack_endpoint(stranger.source),
    )

    stranger.say(
        datagrams.Introduce,
        stranger.key.public.raw,
        True,
        pack_endpoint(stranger.to),
        signature,
    )

    assert stranger.source not in contacts(net, stranger.to)


def test_nothing_is_signed_for_an_address_without_a_token(net, stranger):
    made = net.nodes[stranger.to].statistics().counts.get("proofs.made", 0)

    (reply,) = stranger.say(
        datagrams.Introduce, stranger.key.public.raw, True, pack_endpoint(stranger.to), b""
    )

    assert (reply.key, reply.signature) == (b"", b"")
    assert net.nodes[stranger.to].statistics().counts.get("proofs.made", 0) == made


def test_nothing_is_signed_about_an_address_that_is_not_ours(net, stranger):
    """Else a liar could show our proof for its own address to somebody else."""
    stranger.get_token()

    (reply,) = stranger.say(
        datagrams.Introduce, stranger.key.public.raw, True, pack_endpoint(NOBODY), b""
    )

    assert reply.signature == b""


def test_a_relayed_proof_puts_no_false_address_into_a_table():
    """A liar in the middle carries every datagram faithfully from its own address."""
    net = Carrier()
    nodes = net.add_joined(5)
    victim = net.add(a_core(90))
    liar = net.add(a_core(91))
    honest = nodes[2]
    net.nodes[liar] = _Relay(liar, {victim: honest, honest: victim})

    net.ask(victim, "join", [liar])
    net.ask(victim, "join", [nodes[0]])

    assert liar not in contacts(net, victim)
    assert liar not in contacts(net, honest)


class _Relay:
    def __init__(self, where, routes):
        self.where = where
        self.routes = routes
        self.bag = []

    def receive_datagram(self, data, source, now):
        if source in self.routes:
            self.bag.append((data, self.routes[source]))

    def datagrams_to_send(self):
        bag, self.bag = self.bag, []
        return bag

    def events(self):
        return []

    def handle_timer(self, now):
        pass

    deadline = None
    busy = False


def test_a_record_is_taken_from_the_proved_node_it_speaks_for(net, stranger):
    stranger.get_token().introduce(server=False)

    assert stranger.store() == Outcome.DONE
    assert net.nodes[stranger.to].statistics().records == 1


def test_a_store_may_bring_its_proof_along(net, stranger):
    stranger.get_token()

    outcome = stranger.store(key=stranger.key.public.raw, signature=stranger.proof())

    assert outcome == Outcome.DONE


def test_a_record_of_an_unproved_sender_is_not_taken(net, stranger):
    assert stranger.store() == Outcome.UNPROVED
    assert stranger.get_token().store() == Outcome.UNPROVED
    assert net.nodes[stranger.to].statistics().records == 0


def test_a_record_of_somebody_else_is_not_taken(net, stranger):
    stranger.get_token().introduce()

    assert stranger.store(stranger.record(node=a_key(502))) == Outcome.REFUSED


def test_a_record_by_who_does_not_know_the_owner_is_not_taken(net, stranger):
    stranger.get_token().introduce()
    forged = msgspec.structs.replace(stranger.record(), storage=storage_key(USER).public.raw)

    assert stranger.store(forged) == Outcome.REFUSED


def test_a_record_under_the_wrong_subkey_lies_where_nobody_asks(net, stranger):
    stranger.get_token().introduce()
    assert stranger.store(depth=3) == Outcome.DONE
    place = place_of(storage_key(OWNER).public.raw).to_bytes(20)

    (page,) = stranger.say(datagrams.Read, place, 3, 0, 0, b"", b"", bytes(1000))

    assert page.adverts == []


def test_an_older_record_does_not_undo_a_newer_one(net, stranger):
    stranger.get_token().introduce()
    assert stranger.store(stranger.record(sequence=9)) == Outcome.DONE
    assert stranger.store(stranger.record(sequence=2)) == Outcome.OLDER


def test_nobody_can_withdraw_for_another(net, stranger):
    stranger.get_token().introduce()
    stranger.store()
    other = Stranger(net, stranger.to, 503, NOBODY)
    other.get_token().introduce()
    place = place_of(storage_key(OWNER).public.raw).to_bytes(20)

    other.say(datagrams.Withdraw, b"", b"", place, b"")

    assert net.nodes[stranger.to].statistics().records == 1


# Replies


def test_a_reply_from_another_address_than_the_asked_one_is_dropped(net):
    first, second = list(net.nodes)[:2]
    node = net.nodes[first]
    node.look_up(0, net.now)
    asked = {to: CODEC.decode(data) for data, to in node.datagrams_to_send()}
    number = asked[second].number
    lie = datagrams.Found(number, b"", pack_endpoint(first), True, bytes(20), False, [])

    node.receive_datagram(CODEC.encode(lie), NOBODY, net.now)

    assert node.statistics().counts["dropped.unasked_reply"] == 1
    assert node.statistics().outstanding == len(asked)


def test_a_reply_of_another_kind_than_asked_for_is_dropped(net):
    first, second = list(net.nodes)[:2]
    node = net.nodes[first]
    node.look_up(0, net.now)
    asked = {to: CODEC.decode(data) for data, to in node.datagrams_to_send()}
    lie = datagrams.Noted(asked[second].number, b"", pack_endpoint(first), True)

    node.receive_datagram(CODEC.encode(lie), second, net.now)

    assert node.statistics().counts["dropped.unasked_reply"] == 1


@pytest.mark.parametrize("source", [Endpoint("203.0.113.9", 999), Endpoint("2001:db8::9", 999)])
@pytest.mark.parametrize("token", [b"", b"t" * 8])
@pytest.mark.parametrize(("kind", "fields"), REQUESTS)
def test_no_address_without_a_token_gets_back_more_than_it_sent(kind, fields, token, source):
    net = Carrier()
    to = net.add_joined(20)[0]
    data = CODEC.encode(kind(2**64 - 1, token, *fields))

    out = net.inject(data, source, to)

    assert sum(len(reply) for reply, _ in out) <= len(data)


def test_the_requests_above_are_all_there_are():
    kinds = {kind for kind, _ in REQUESTS}

    assert kinds == {*datagrams.REPLIES, datagrams.Knock}


@pytest.mark.parametrize(
    ("kind", "fields"), [case for case in REQUESTS if case[0] is not datagrams.Knock]
)
@pytest.mark.parametrize("source", [ELSEWHERE, Endpoint("2001:db8::9", 999)])
@pytest.mark.parametrize("token", [b"", b"t" * 8])
def test_every_request_gets_a_token_even_when_it_brings_none_or_an_outdated_one(
    kind, fields, token, source
):
    net = Carrier()
    to = net.add_joined(3)[0]
    if kind in SMALLEST_PADDING:
        fields = (*fields[:-1], bytes(SMALLEST_PADDING[kind]))
    data = CODEC.encode(kind(2**64 - 1, token, *fields))

    out = net.inject(data, source, to)

    assert [where for _, where in out] == [source]
    assert CODEC.decode(out[0][0]).token


def test_one_source_cannot_make_a_node_work_for_ever():
    net = Carrier()
    to = net.add(a_core(1, params=Params(k=8, source_rate=10, source_burst=20)))
    ping = CODEC.encode(datagrams.Ping(1, b"", bytes(20), True, bytes(24)))

    answers = sum(len(net.inject(ping, NOBODY, to)) for _ in range(200))

    assert answers == 20
    assert net.nodes[to].statistics().counts["dropped.rate"] == 180


def test_signatures_are_rationed_by_ip_group():
    net = Carrier()
    net.add_joined(1)
    to = net.add(a_core(2, params=Params(k=8, check_rate=0.1, check_burst=5)))
    net.ask(to, "join", [next(iter(net.nodes))])
    before = net.nodes[to].statistics().counts.get("proofs.checked", 0)

    for number in range(30):
        liar = Stranger(net, to, 600 + number, Endpoint("198.51.100.7", 100 + number))
        liar.get_token().introduce(key=a_key(1))

    assert net.nodes[to].statistics().counts["proofs.checked"] - before <= 5


@pytest.mark.parametrize(("host", "checked"), [("198.51.100.7", 5), ("127.0.0.1", 12)])
def test_sockets_of_one_machine_have_a_ration_each_on_loopback_alone(host, checked):
    net = Carrier()
    net.add_joined(1)
    to = net.add(a_core(2, params=Params(k=8, check_rate=0.1, check_burst=5)))
    for number in range(12):
        somebody = Stranger(net, to, 700 + number, Endpoint(host, 100 + number))
        somebody.get_token().introduce()

    assert net.nodes[to].statistics().counts["proofs.checked"] == checked


def test_memory_is_bounded_when_addresses_are_invented():
    net = Carrier()
    to = net.add(a_core(1))
    node = net.nodes[to]
    for number in range(6000):
        source = Endpoint(f"203.{number >> 8 & 255}.{number & 255}.1", 1 + number)
        node.receive_datagram(
            CODEC.encode(datagrams.Find(number, b"", bytes(20), True, 3, bytes(20), bytes(99))),
            source,
            net.now,
        )
        node.datagrams_to_send()

    assert node.statistics().acquaintances == 0
    assert len(node._intake.sources) <= 4096


# Whatever bytes come


@pytest.fixture(scope="module")
def busy():
    """A node in the middle of everything, and a valid conversation to mutate."""
    net = Carrier()
    nodes = net.add_joined(8)
    for where in nodes:
        publish(net, where)
    find(net, nodes[2])
    return net, nodes[0], nodes[1], [data for data, _, _ in net.carried][-300:]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=1300))
def test_any_bytes_are_dropped_and_counted(busy, data):
    net, to, source, _ = busy
    before = contacts(net, to)

    out = net.inject(data, source, to)

    assert sum(len(reply) for reply, _ in out) <= len(data)
    assert contacts(net, to) == before


@settings(max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pick=st.integers(0, 299),
    at=st.integers(0, 1231),
    octets=st.binary(min_size=1, max_size=12),
    known=st.booleans(),
)
def test_mutated_conversations_do_no_harm(busy, pick, at, octets, known):
    net, to, source, said = busy
    data = said[pick % len(said)]
    at %= len(data)
    mutant = data[:at] + octets + data[at + len(octets) :]
    before = set(contacts(net, to))

    net.inject(mutant, source if known else NOBODY, to)
    net.nodes[to].handle_timer(net.now)
    net.nodes[to].datagrams_to_send()
    net.nodes[to].events()

    assert set(contacts(net, to)) <= before


def test_statistics_are_a_snapshot(net):
    where = next(iter(net.nodes))
    before = net.nodes[where].statistics()
    counts = dict(before.counts)

    publish(net, where)

    assert before.counts == counts
    assert net.nodes[where].statistics().counts != counts


def test_the_same_seed_gives_the_same_conversation():
    def conversation():
        net = Carrier()
        nodes = net.add_joined(10)
        for where in nodes:
            publish(net, where)
        find(net, nodes[3])
        return net.carried

    assert conversation() == conversation()


def test_an_owner_s_key_is_not_told_to_holders():
    net = Carrier()
    nodes = net.add_joined(6)
    publish(net, nodes[1])
    find(net, nodes[4])

    assert not any(OWNER.raw in data for data, _, _ in net.carried)
    assert PublicKey(OWNER.raw) == OWNER


def test_reading_ends_with_a_word_on_how_far_to_trust_it():
    net = Carrier()
    nodes = net.add_joined(2)
    publish(net, nodes[0])

    events = net.ask(nodes[1], "find_adverts", OWNER)

    assert isinstance(events[-1], AdvertsRead)
    assert events[-1].one_source


def test_a_reader_that_has_enough_stops_at_once():
    net = Carrier()
    nodes = net.add_joined(24)
    for where in nodes[:6]:
        publish(net, where)

    for where in nodes:
        begun = len(net.carried)
        events = net.ask(where, "find_adverts", OWNER, confirm=False, enough=1)
        assert [type(event) for event in events] == [AdvertFound, AdvertsRead]
        assert len(net.carried) - begun <= 8


def test_a_reader_that_holds_the_advert_itself_asks_nobody():
    net = Carrier()
    nodes = net.add_joined(3)
    publish(net, nodes[1])
    begun = len(net.carried)

    net.ask(nodes[1], "find_adverts", OWNER, confirm=False, enough=1)

    assert len(net.carried) == begun


def test_contacts_that_died_leave_also_where_few_addresses_are_remembered():
    net = Carrier()
    nodes = net.add_joined(14, params=Params(k=8, max_acquaintances=4))
    dead = nodes[2:5]
    for where in dead:
        net.remove(where)

    for target in range(6):
        net.ask(nodes[8], "look_up", target << 157)
        net.pass_time(30)

    left = {peer.endpoint for peer in net.nodes[nodes[8]].peers()}
    assert len(left) >= 8
    assert not left & set(dead)
    assert net.nodes[nodes[8]].statistics().acquaintances <= 4


def test_disjoint_paths_find_everything_and_agree_in_an_honest_network():
    net = Carrier()
    nodes = net.add_joined(40)
    for where in nodes[::4]:
        publish(net, where)
    reader = net.add(a_core(91, role=Role.CLIENT, params=Params(k=8, disjoint_paths=4)))
    net.ask(reader, "join", [nodes[7]])

    found, end = find(net, reader)

    assert found == set(nodes[::4])
    assert end.complete
    assert not end.alarm


@pytest.mark.parametrize("torn", [False, True])
def test_one_liar_costs_a_lookup_little_and_puts_nobody_into_tables(torn):
    net = Carrier()
    nodes = net.add_joined(30)
    for where in nodes[::3]:
        publish(net, where)
    victim = nodes[4]
    before = net.nodes[victim].statistics().counts
    posing = net.nodes[victim].peers()[0]
    liar = posing.endpoint
    net.nodes[liar] = Liar(CODEC, posing.id, 1, torn=torn)

    done, took = net.answer(victim, "look_up", int.from_bytes(bytes(20)))
    assert done.asked <= 64
    assert took <= SECOND
    began = net.now
    found, _ = find(net, victim)

    after = net.nodes[victim].statistics().counts
    assert found >= set(nodes[::3]) - {liar}
    assert (after["sent.Read"] - before.get("sent.Read", 0)) <= 64
    assert net.now - began <= 4 * SECOND
    for where in nodes:
        if where != liar:
            assert not any(p.host.startswith("10.66.6.") for p in contacts(net, where))


def test_an_idle_hour_costs_a_node_few_messages():
    net = Carrier()
    nodes = net.add_joined(40, params=Params(k=4))
    net.pass_time(3600)
    before = {where: net.nodes[where].statistics().counts for where in nodes}

    net.pass_time(3600)

    for where in nodes:
        after = net.nodes[where].statistics().counts
        sent = sum(
            v - before[where].get(k, 0) for k, v in after.items() if k.startswith("sent.")
        )
        assert sent <= 120


def test_a_dead_contact_in_a_bucket_nobody_uses_is_noticed_within_hours():
    net = Carrier()
    nodes = net.add_joined(12, params=Params(k=4))
    for where in nodes[:6]:
        net.remove(where)

    net.pass_time(4 * 3600)

    live = set(nodes[6:])
    assert all(set(contacts(net, where)) <= live for where in live)


def test_a_door_with_another_node_behind_it_than_was_said_is_no_way_in():
    net = Carrier()
    nodes = net.add_joined(3)
    late = net.add(a_core(50))
    wrong = {nodes[1]: net.nodes[nodes[2]].id}

    assert net.ask(late, "join", [nodes[1]], ids=wrong) == [
        JoinFailed(request=1, asked=1, impostors=tuple(wrong))
    ]

    right = {nodes[1]: net.nodes[nodes[1]].id}
    assert isinstance(net.ask(late, "join", [nodes[1]], ids=right)[0], Joined)


def test_many_who_are_gone_hold_up_few_who_live():
    net = Carrier()
    nodes = net.add_joined(30)
    for where in nodes[:24]:
        publish(net, where)
    for where in nodes[2:24]:
        net.remove(where)
    reader = net.add(a_core(90, role=Role.CLIENT, params=Params(k=8, confirmations=2)))
    net.ask(reader, "join", [nodes[25]])
    began = net.now

    found, end = find(net, reader)

    assert found == set(nodes[:2])
    assert end.dead == 22
    assert net.now - began <= 10 * SECOND
