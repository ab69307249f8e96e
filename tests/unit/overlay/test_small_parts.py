"""The node's small parts: agenda, tokens, rates, acquaintances, requests, reach, estimate."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.overlay.acquaintances import Acquaintances, RoundTrips
from seattle_p2p.overlay.agenda import Agenda, Alarm
from seattle_p2p.overlay.contact import Peer, PeerBook, unpack_peer
from seattle_p2p.overlay.core import Role
from seattle_p2p.overlay.estimate import SizeEstimate
from seattle_p2p.overlay.exchange import Exchange
from seattle_p2p.overlay.params import SECOND, Params
from seattle_p2p.overlay.rates import Rates
from seattle_p2p.overlay.reach import Reach
from seattle_p2p.overlay.tokens import Tokens
from seattle_p2p.wire.codec import WireCodec
from seattle_p2p.wire.datagrams import Ping, Pong
from seattle_p2p.wire.endpoints import Endpoint, pack_endpoint

HERE = Endpoint("10.0.0.1", 1)
THERE = Endpoint("10.0.1.1", 1)
MS = 1_000_000


# Agenda


class Bell(Alarm):
    def __init__(self, name, heard):
        super().__init__()
        self.name, self.heard = name, heard

    def ring(self, now):
        self.heard.append((self.name, now))


def test_alarms_ring_in_order_and_among_equals_the_first_set_first():
    agenda, heard = Agenda(), []
    for name, due in (("c", 30), ("a", 10), ("b", 10), ("d", 40)):
        agenda.at(due, Bell(name, heard))

    agenda.ring_due(30)

    assert heard == [("a", 30), ("b", 30), ("c", 30)]
    assert (len(agenda), agenda.next_due()) == (1, 40)


def test_an_alarm_set_again_rings_once_at_the_new_time():
    agenda, heard = Agenda(), []
    bell = Bell("a", heard)
    agenda.at(10, bell)
    agenda.at(50, bell)

    agenda.ring_due(20)
    agenda.ring_due(60)

    assert heard == [("a", 60)]
    assert agenda.next_due() is None


def test_a_cancelled_alarm_does_not_ring():
    agenda, heard = Agenda(), []
    bell = Bell("a", heard)
    agenda.at(10, bell)

    agenda.cancel(bell)
    agenda.cancel(bell)
    agenda.ring_due(100)

    assert heard == []
    assert len(agenda) == 0


def test_cancelled_alarms_do_not_pile_up():
    agenda = Agenda()
    for due in range(10_000):
        bell = Bell("x", [])
        agenda.at(due + 10**9, bell)
        agenda.cancel(bell)

    assert len(agenda._heap) < 200


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=60))
def test_the_agenda_agrees_with_a_sorted_list(steps):
    agenda, heard, expected = Agenda(), [], []
    for number, (due, cancelled) in enumerate(steps):
        bell = Bell(number, heard)
        agenda.at(due, bell)
        if cancelled:
            agenda.cancel(bell)
        else:
            expected.append((due, number))

    agenda.ring_due(20)

    assert [name for name, _ in heard] == [number for _, number in sorted(expected)]


# Tokens


def test_a_token_is_good_for_its_address_for_two_periods_and_not_for_four():
    tokens = Tokens(random.Random(1).randbytes, 100.0)
    token = tokens.token(pack_endpoint(HERE), 0)

    assert tokens.is_valid(token, pack_endpoint(HERE), 0)
    assert not tokens.is_valid(token, pack_endpoint(THERE), 0)
    assert tokens.is_valid(token, pack_endpoint(HERE), 200 * SECOND)
    assert not tokens.is_valid(token, pack_endpoint(HERE), 400 * SECOND)


def test_a_token_dies_also_when_nobody_asked_meanwhile():
    tokens = Tokens(random.Random(1).randbytes, 100.0)
    token = tokens.token(pack_endpoint(HERE), 0)

    assert not tokens.is_valid(token, pack_endpoint(HERE), 10_000 * SECOND)


@given(token=st.binary(max_size=12))
def test_an_invented_token_is_worth_nothing(token):
    assert not Tokens(random.Random(1).randbytes, 100.0).is_valid(token, pack_endpoint(HERE), 0)


# Rates


def test_a_source_may_burst_and_then_at_its_rate():
    rates = Rates(10, 5)

    at_once = sum(rates.allow("a", 0) for _ in range(20))
    a_second_later = sum(rates.allow("a", SECOND) for _ in range(20))

    assert (at_once, a_second_later) == (5, 5)
    assert rates.allow("b", SECOND)


def test_in_the_long_run_the_rate_holds():
    rates = Rates(10, 5)

    passed = sum(rates.allow("a", now) for now in range(0, 10 * SECOND, 10 * MS))

    assert 100 <= passed <= 106


def test_buckets_are_bounded_in_number():
    rates = Rates(10, 5, sources=100)
    for source in range(1000):
        rates.allow(source, 0)

    assert 75 <= len(rates) <= 100


def test_a_bucket_that_is_full_again_takes_no_memory():
    rates = Rates(10, 5)
    for second in range(100):
        rates.allow(second, second * SECOND)

    assert len(rates) <= 10


# Round trips and acquaintances


def test_patience_follows_what_was_measured():
    times = RoundTrips(Params())
    assert times.deadlines(0, 0) == (150 * MS, 5 * SECOND)
    times.learn(1 * MS, SECOND)

    soft, hard = times.deadlines(0, 0)

    assert soft == 3 * MS
    assert hard == 300 * MS


def far_and_near():
    """Deadlines among peers of which most are near."""
    times = RoundTrips(Params())
    for number in range(50):
        times.learn(20 * MS, number * SECOND)
    return times


def test_a_far_peer_is_not_given_up_before_a_near_one_but_gets_company_as_early():
    times = far_and_near()

    near, far = times.deadlines(10 * MS, 0), times.deadlines(400 * MS, 50 * MS)

    assert near == (10 * MS, 300 * MS)
    assert 20 * MS <= far[0] < 25 * MS
    assert 3 * 400 * MS < far[1] < 3 * 450 * MS


def test_one_answer_out_of_a_standstill_does_not_make_a_peer_s_silence_long():
    times = far_and_near()

    _, hard = times.deadlines(100 * MS, 50 * MS)

    assert hard < 450 * MS


def test_answers_that_come_late_together_do_not_make_all_wait_for_long():
    times = far_and_near()
    before, _ = times.deadlines(0, 0)
    now = 100 * SECOND

    for number in range(20):
        times.learn((4000 + number) * MS, now + number * MS)

    assert times.deadlines(0, 0)[0] < 8 * before


def test_answers_that_stay_late_are_learnt_one_after_the_other():
    times = far_and_near()

    for number in range(100, 130):
        times.learn(400 * MS, number * SECOND)

    assert times.deadlines(0, 0)[0] >= 400 * MS


def test_nobody_is_waited_for_longer_than_the_cap():
    assert far_and_near().deadlines(9 * SECOND, SECOND)[1] == 5 * SECOND


def test_a_peer_nobody_measured_is_expected_to_be_like_the_others():
    known = Acquaintances(Params())
    for number in range(20):
        known.on_round_trip(known.meet(Endpoint("10.0.0.1", 1 + number)), 100 * MS, SECOND)

    soft, _ = known.deadlines(known.meet(THERE))

    assert 100 * MS <= soft <= 200 * MS


def an_exchange(agenda):
    entropy = random.Random(5).randbytes
    reach = Reach(Role.SERVER)
    return Exchange(WireCodec("patience"), Params(), entropy, agenda, reach, PeerBook())


class Patient:
    """An activity that only asks."""

    def __init__(self):
        self.open_requests = {}
        self.told = []

    def on_reply(self, asked, reply, now):
        pass

    def on_slow(self, asked, now):
        self.told.append(("slow", now // MS))

    def on_overdue(self, asked, now):
        self.told.append(("overdue", now // MS))

    def on_silence(self, asked, now):
        self.told.append(("silent", now // MS))


def ping_answered_after(exchange, agenda, took, times):
    """Ping a peer that takes long and answers each datagram it gets."""
    asked = exchange.ask(THERE, Ping, (bytes(20), True), Patient(), 0)
    for at in range(0, took, MS):
        agenda.ring_due(at)
    seen = pack_endpoint(THERE)
    for _ in range(times):
        exchange.take_reply(Pong(asked.number, b"", seen, True, bytes(20), True), THERE, took)


@pytest.mark.parametrize(("took", "times"), [(800 * MS, 2), (6 * SECOND, 1)])
def test_whoever_answers_twice_or_too_late_is_given_more_time_from_then_on(took, times):
    agenda = Agenda()
    exchange = an_exchange(agenda)

    ping_answered_after(exchange, agenda, took, times)

    soft, _ = exchange.acquaintances.deadlines(exchange.acquaintances.meet(THERE))
    assert soft >= min(took, 5 * SECOND)


def test_an_answer_that_may_be_to_either_of_two_datagrams_measures_nothing():
    agenda = Agenda()
    exchange = an_exchange(agenda)

    ping_answered_after(exchange, agenda, 800 * MS, 1)

    assert exchange.acquaintances.meet(THERE).round_trip == 0


def test_a_slow_answer_to_the_only_datagram_is_a_round_trip():
    agenda = Agenda()
    exchange = an_exchange(agenda)

    ping_answered_after(exchange, agenda, 200 * MS, 1)

    assert exchange.acquaintances.meet(THERE).round_trip == 200 * MS


def ring_for(agenda, most):
    """Let time pass, each alarm at its own moment."""
    while (due := agenda.next_due()) is not None and due <= most:
        agenda.ring_due(due)


def test_a_request_is_slow_then_sent_again_then_overdue_then_silent():
    agenda, activity = Agenda(), Patient()
    exchange = an_exchange(agenda)
    known = exchange.acquaintances.meet(THERE)
    for number in range(50):
        exchange.acquaintances.on_round_trip(known, 40 * MS, number * SECOND)

    exchange.ask(THERE, Ping, (bytes(20), True), activity, 0)
    ring_for(agenda, SECOND)

    assert activity.told == [("slow", 40), ("overdue", 160), ("silent", 300)]
    assert len(exchange.take_outbox()) == 2


def a_far_peer_asked(exchange, activity):
    """Ask somebody of whom nothing is known, in a network of far peers."""
    known = exchange.acquaintances.meet(HERE)
    for number in range(400):
        exchange.acquaintances.on_round_trip(known, 200 * MS, number * SECOND)
    return exchange.ask(THERE, Ping, (bytes(20), True), activity, 500 * SECOND, afar=True)


def test_afar_a_single_late_answer_changes_little_of_what_others_are_waited_for():
    times = RoundTrips(Params())
    for number in range(400):
        times.learn(200 * MS, number * SECOND)
    _, before, _ = times.deadlines_afar(0, 0)
    times.learn(3 * SECOND, 400 * SECOND)
    _, after, _ = times.deadlines_afar(0, 0)

    assert 190 * MS < before < 230 * MS
    assert after < 1.2 * before


def test_afar_deadlines_settle_where_one_answer_in_twenty_takes_longer():
    times, rng = RoundTrips(Params()), random.Random(3)
    found = []
    for number in range(4000):
        times.learn(rng.randrange(1, 1000) * MS, number * SECOND)
        found.append(times.deadlines_afar(0, 0)[1] / MS)

    assert 900 < sum(found[1000:]) / 3000 < 1050


def test_afar_whoever_is_waited_for_longer_is_silent_as_late_as_the_living_would_answer():
    agenda, activity = Agenda(), Patient()
    exchange = an_exchange(agenda)
    asked = a_far_peer_asked(exchange, activity)

    ring_for(agenda, asked.overdue_due - 1)
    assert [what for what, _ in activity.told] == ["slow"]
    agenda.ring_due(asked.overdue_due)
    exchange.requests.wait_longer(asked)
    ring_for(agenda, 510 * SECOND)

    assert [what for what, _ in activity.told] == ["slow", "overdue", "silent"]
    assert 200 < activity.told[1][1] - 500_000 < 250
    assert activity.told[2] == ("silent", 500_800)
    assert asked not in exchange.requests


def test_an_answer_that_comes_too_late_is_a_sign_of_life():
    agenda = Agenda()
    exchange = an_exchange(agenda)
    asked = exchange.ask(THERE, Ping, (bytes(20), True), Patient(), 0)
    ring_for(agenda, 6 * SECOND)
    assert exchange.has_missed(THERE)

    pong = Pong(asked.number, b"", pack_endpoint(THERE), True, bytes(20), True)
    exchange.take_reply(pong, THERE, 7 * SECOND)

    assert not exchange.has_missed(THERE)


def test_whoever_left_a_request_unanswered_has_missed_until_it_is_heard_from():
    agenda = Agenda()
    exchange = an_exchange(agenda)
    exchange.ask(THERE, Ping, (bytes(20), True), Patient(), 0)
    ring_for(agenda, 6 * SECOND)
    assert exchange.has_missed(THERE)

    asked = exchange.ask(THERE, Ping, (bytes(20), True), Patient(), 7 * SECOND)
    pong = Pong(asked.number, b"", pack_endpoint(THERE), True, bytes(20), True)
    exchange.take_reply(pong, THERE, 8 * SECOND)

    assert not exchange.has_missed(THERE)


def test_the_address_not_heard_from_for_longest_is_forgotten_first():
    known = Acquaintances(Params(max_acquaintances=4))
    for port, heard in ((1, 40), (2, 10), (3, 30), (4, 0)):
        known.meet(Endpoint("10.0.0.1", port)).heard = heard
    known.meet(Endpoint("10.0.0.1", 5))

    assert [port for port in range(1, 6) if known.at(Endpoint("10.0.0.1", port))] == [
        1,
        3,
        4,
        5,
    ]


def test_a_book_has_one_object_for_a_peer_and_one_packed_form_for_an_endpoint():
    book = PeerBook()

    assert book.peer(7, THERE) is book.peer(7, Endpoint(*THERE))
    assert book.peer(7, THERE) == Peer(7, THERE)
    assert book.packed(THERE) is book.packed(Endpoint(*THERE))
    assert book.packed(THERE) == pack_endpoint(THERE)


def test_a_flood_of_addresses_leaves_no_more_than_may_be_known():
    known = Acquaintances(Params(max_acquaintances=100))
    for port in range(1, 1000):
        known.meet(Endpoint("10.0.0.1", port))

    assert 75 <= len(known) <= 100


# Where we are


def reach(*witnesses, local=("192.168.1.9",)):
    found = Reach(Role.UNKNOWN)
    found.set_local(Endpoint(host, 7) for host in local)
    for number, host in enumerate(witnesses):
        found.on_witness(bytes([number]), pack_endpoint(Endpoint(host, 7)))
    return found


def ours(found, host):
    return found.is_ours(pack_endpoint(Endpoint(host, 7)))


def test_our_own_sockets_are_ours():
    assert ours(reach(), "192.168.1.9")
    assert not ours(reach(), "203.0.113.1")


def test_one_witness_is_not_enough_two_are():
    assert not ours(reach("203.0.113.1"), "203.0.113.1")
    assert ours(reach("203.0.113.1", "203.0.113.1"), "203.0.113.1")


def test_a_minority_of_witnesses_is_not_believed():
    found = reach(*["203.0.113.1"] * 5, "6.6.6.6", "6.6.6.6")

    assert ours(found, "203.0.113.1")
    assert not ours(found, "6.6.6.6")
    assert found.seen_at == Endpoint("203.0.113.1", 7)


def test_an_ip_group_has_one_voice():
    found = reach("203.0.113.1", "203.0.113.1")
    for _ in range(9):
        found.on_witness(b"same", pack_endpoint(Endpoint("6.6.6.6", 7)))

    assert not ours(found, "6.6.6.6")


def test_being_seen_at_our_own_socket_means_nothing_is_in_between():
    assert reach("192.168.1.9").is_undisguised
    assert not reach("203.0.113.1").is_undisguised


# How many there are


@pytest.mark.parametrize("size", [100, 1000, 20_000])
def test_the_size_estimate_is_within_a_quarter(size):
    rng = random.Random(size)
    peers = [
        Peer(rng.getrandbits(160), Endpoint(f"10.{n >> 8 & 255}.{n & 255}.1", 1 + n % 60000))
        for n in range(size)
    ]
    estimate = SizeEstimate()
    assert estimate.servers == 0
    for number in range(32):
        target = rng.getrandbits(160)
        closest = sorted(peers, key=lambda p: p.id ^ target)[:20]
        estimate.learn(target, closest, is_random=bool(number % 2))

    assert 0.75 * size <= estimate.servers <= 1.25 * size
    region = estimate.radius(20)
    inside = sum(p.id ^ rng.getrandbits(160) <= region for p in peers)
    assert 5 <= inside <= 50


def test_the_size_estimate_forgets_what_the_network_was_like_before_it_grew():
    rng = random.Random(3)
    peers = [Peer(rng.getrandbits(160), Endpoint(f"10.{n}.0.1", 1)) for n in range(200)]
    estimate = SizeEstimate()
    for known in [peers[:30]] * 5 + [peers] * 5:
        for is_random in (True, False):
            target = rng.getrandbits(160)
            closest = sorted(known, key=lambda p: p.id ^ target)[:20]
            estimate.learn(target, closest, is_random=is_random)

    assert 150 <= estimate.servers <= 250


def test_the_size_estimate_waits_for_four_targets():
    estimate = SizeEstimate()
    peers = [Peer(n << 150, Endpoint(f"10.0.{n}.1", 1)) for n in range(1, 21)]
    for target in range(3):
        estimate.learn(target, peers, is_random=True)
    assert estimate.servers == 0

    estimate.learn(8, peers)

    assert estimate.servers > 0


def test_of_targets_that_somebody_chose_no_more_count_than_of_random_ones():
    estimate = SizeEstimate()
    peers = [Peer(n << 150, Endpoint(f"10.0.{n}.1", 1)) for n in range(1, 21)]
    estimate.learn(1000, peers, is_random=True)
    for target in range(10):
        estimate.learn(target, peers)

    assert estimate.servers == 0


def test_a_random_target_that_says_twice_as_much_shows_that_a_network_has_grown():
    rng = random.Random(7)
    peers = [Peer(rng.getrandbits(160), Endpoint(f"10.{n}.0.1", 1)) for n in range(200)]
    estimate = SizeEstimate()
    said = []
    for known in [peers[:40]] * 5 + [peers]:
        target = rng.getrandbits(160)
        closest = sorted(known, key=lambda p: p.id ^ target)[:20]
        estimate.learn(target, closest, is_random=True)
        said.append(estimate.is_off(target))

    assert said == [False] * 5 + [True]


def test_liars_who_crowd_two_targets_of_four_do_not_make_the_network_seem_large():
    rng = random.Random(5)
    honest = [Peer(rng.getrandbits(160), Endpoint(f"10.{n}.0.1", 1)) for n in range(200)]
    liars = [Peer(n, Endpoint(f"11.0.{n}.1", 1)) for n in range(1, 41)]
    estimate = SizeEstimate()
    for target in (0, 50):
        estimate.learn(target, sorted(liars, key=lambda p: p.id ^ target)[:20])
    for _ in range(2):
        target = rng.getrandbits(160)
        closest = sorted(honest, key=lambda p: p.id ^ target)[:20]
        estimate.learn(target, closest, is_random=True)

    assert 100 <= estimate.servers <= 400


# Peers


@given(data=st.binary(max_size=60))
def test_any_bytes_give_a_peer_or_malformed_message(data):
    book = PeerBook()
    try:
        peer = unpack_peer(data)
    except MalformedMessage:
        assert book.read(data) is None
    else:
        assert data.startswith(peer.packed)


def test_a_peer_named_with_further_endpoints_is_read_with_its_first():
    packed = b"i" * 20 + pack_endpoint(HERE)

    assert unpack_peer(packed + pack_endpoint(Endpoint("::1", 5))) == unpack_peer(packed)


def test_a_book_gives_the_same_object_and_stays_small():
    book = PeerBook(limit=10)
    packed = b"i" * 20 + pack_endpoint(HERE)

    assert book.read(packed) is book.read(packed)
    for port in range(1, 500):
        book.read(b"i" * 20 + pack_endpoint(Endpoint("10.0.0.1", port)))
    assert len(book.known) <= 10
