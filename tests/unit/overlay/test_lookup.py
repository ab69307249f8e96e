"""One lookup: exact, windowed, bounded, unmoved by liars' lists."""

import random

from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.overlay.candidates import ANSWERED, ASKED, SLOW
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.lookup import Lookup
from seattle_p2p.wire.endpoints import Endpoint

identifiers = st.integers(0, 2**160 - 1)


def peer(id, port=None):
    return Peer(id, Endpoint("10.0.0.1", port or 1 + id % 65535))


def a_lookup(target, seeds, **named):
    return Lookup(target, seeds, **({"k": 8, "alpha": 3, "most_requests": 64} | named))


@given(target=identifiers, ids=st.sets(identifiers, min_size=1, max_size=60))
def test_lookup_finds_the_k_closest_when_every_peer_knows_every_other(target, ids):
    world = [peer(id, port=n + 1) for n, id in enumerate(sorted(ids))]
    lookup = a_lookup(target, world[:1])

    while not lookup.done:
        for asked in lookup.queries():
            lookup.on_reply(asked, world)

    assert lookup.answered == sorted(world, key=lambda p: p.id ^ target)[:8]
    assert lookup.all_answered


def test_lookup_finds_the_live_closest_when_many_are_dead():
    rng = random.Random(3)
    world = [peer(rng.getrandbits(160), port=n + 1) for n in range(300)]
    dead = {p.id for p in rng.sample(world, 100)}
    target = rng.getrandbits(160)
    lookup = a_lookup(target, [p for p in world if p.id not in dead][:3])

    while not lookup.done:
        for asked in lookup.queries():
            if asked.id in dead:
                lookup.on_slow(asked)
                lookup.on_silence(asked)
            else:
                near = sorted(world, key=lambda p: p.id ^ target)[:20]
                lookup.on_reply(asked, near)

    live = [p for p in world if p.id not in dead]
    assert lookup.answered == sorted(live, key=lambda p: p.id ^ target)[:8]


def test_no_more_than_alpha_queries_are_on_their_way():
    lookup = a_lookup(0, [peer(n) for n in range(1, 9)])

    assert len(lookup.queries()) == 3
    assert lookup.queries() == []


def test_a_slow_peer_gets_company_and_its_late_reply_counts():
    lookup = a_lookup(0, [peer(n) for n in range(1, 9)])
    first = lookup.queries()

    lookup.on_slow(first[0])
    more = lookup.queries()
    lookup.on_reply(first[0], [peer(100)])

    assert len(more) == 1
    assert first[0] in lookup.answered


def test_a_silent_peer_makes_room_for_the_next_best():
    lookup = a_lookup(0, [peer(n) for n in range(1, 10)], k=2)
    first = lookup.queries()
    assert [p.id for p in first] == [1, 2]

    lookup.on_silence(first[0])

    assert [p.id for p in lookup.closest] == [2, 3]
    assert [p.id for p in lookup.queries()] == [3]


def test_a_peer_given_up_does_not_come_back_by_hearsay():
    lookup = a_lookup(0, [peer(1), peer(2)])
    first, second = lookup.queries()
    lookup.on_silence(first)

    lookup.on_reply(second, [first])

    assert lookup.closest == [second]


def test_a_peer_given_up_counts_when_it_answers_after_all():
    lookup = a_lookup(0, [peer(1), peer(2)])
    first, second = lookup.queries()
    lookup.on_silence(first)
    lookup.on_reply(second, [])
    assert lookup.done

    lookup.on_reply(first, [peer(3)])

    assert lookup.answered == [first, second]
    assert lookup.queries() == [peer(3)]


def test_who_was_never_asked_is_not_taken_back_for_an_answer():
    lookup = a_lookup(0, [peer(1)])

    lookup.on_reply(peer(2), [peer(3)])

    assert lookup.closest == [peer(1)]


def test_a_liar_cannot_make_it_ask_for_ever():
    rng = random.Random(5)
    lookup = a_lookup(0, [peer(2**159)])
    asked = 0

    while not lookup.done:
        for one in lookup.queries():
            asked += 1
            closer = max(one.id // 2, 64)
            lies = [
                peer(rng.randrange(closer), port=rng.randrange(1, 65536)) for _ in range(20)
            ]
            lookup.on_reply(one, lies)

    assert asked <= 64
    assert lookup.exhausted


def test_one_address_counts_for_one_id_only():
    lookup = a_lookup(0, [peer(5, port=1)])
    (asked,) = lookup.queries()

    lookup.on_reply(asked, [peer(1, port=9), peer(2, port=9), peer(3, port=1)])
    (first,) = lookup.queries()
    assert lookup.queries() == []
    lookup.on_reply(first, [])

    assert [p.id for p in lookup.closest] == [1, 5]
    assert lookup.done


def test_a_false_id_at_an_address_does_not_keep_its_true_holder_from_being_asked():
    lookup = a_lookup(0, [peer(5, port=1)])
    (asked,) = lookup.queries()
    lookup.on_reply(asked, [peer(1, port=9), peer(2, port=9)])
    (false,) = lookup.queries()

    lookup.on_silence(false)

    assert [p.id for p in lookup.queries()] == [2]


def test_somebody_who_names_many_that_are_not_there_is_not_asked_for_more_of_them():
    honest, liar = peer(1 << 40, port=1), peer(2 << 40, port=2)
    lookup = a_lookup(0, [honest, liar], k=4, alpha=10)
    lookup.queries()
    good = [peer(n << 30, port=n) for n in range(3, 9)]
    lookup.on_reply(liar, [peer(n, port=100 + n) for n in range(1, 21)])
    lookup.on_reply(honest, good)
    asked = 0

    while not lookup.done:
        for other in lookup.queries():
            asked += 1
            if other in good:
                lookup.on_reply(other, good)
            else:
                lookup.on_slow(other)
                lookup.on_silence(other)

    assert [p.id for p in lookup.answered] == [p.id for p in good[:4]]
    assert asked <= 20


def test_no_more_are_asked_at_once_on_one_word_than_it_takes_to_doubt_it():
    liar = peer(1 << 40, port=1)
    lookup = a_lookup(0, [liar], alpha=10)
    lookup.queries()
    lookup.on_reply(liar, [peer(n, port=100 + n) for n in range(1, 21)])

    first = lookup.queries()
    assert len(first) == 4
    assert lookup.queries() == []

    lookup.on_reply(first[0], [])
    assert len(lookup.queries()) == 1


def test_whom_two_others_named_is_found_among_more_liars_than_the_list_has_room_for():
    honest = [peer(n << 100, port=n) for n in range(1, 3)]
    liars = [peer(n << 100, port=n) for n in range(3, 13)]
    good = [peer(n << 60, port=20 + n) for n in range(1, 9)]
    lookup = a_lookup(0, honest + liars, k=8, alpha=12)
    lookup.queries()
    for one in honest:
        lookup.on_reply(one, good)
    for one in liars:
        lookup.on_reply(one, invented(one))

    while not lookup.done:
        for one in lookup.queries():
            if one in good:
                lookup.on_reply(one, good)
            else:
                lookup.on_silence(one)

    assert lookup.answered == good
    assert lookup.all_answered


def test_among_many_liars_a_path_asks_last_whom_one_alone_named():
    honest = peer(1 << 100, port=1)
    liars = [peer(n << 100, port=n) for n in range(2, 12)]
    near = peer(1 << 60, port=99)
    lookup = a_lookup(0, [honest, *liars], k=2, alpha=12, taken=set())
    lookup.queries()
    lookup.on_reply(honest, [near])
    for one in liars:
        lookup.on_reply(one, invented(one))

    while not lookup.done:
        for one in lookup.queries():
            if one == near:
                lookup.on_reply(one, [])
            else:
                lookup.on_silence(one)

    assert lookup.answered == [near, honest]


def invented(liar):
    """Nobodies that one liar names, nearer than anybody, each of another IP group."""
    number = liar.endpoint.port
    return [Peer(number * 100 + n, Endpoint(f"10.{number}.{n}.1", 7000)) for n in range(20)]


@given(
    seed=st.integers(0, 2**32),
    honesty=st.floats(0, 1),
    size=st.sampled_from([80, 600]),
    is_path=st.booleans(),
)
def test_a_lookup_ends_whatever_becomes_of_whom_it_asks(seed, honesty, size, is_path):
    rng = random.Random(seed)
    world = [peer(n, port=n) for n in range(1, size + 1)]
    others = {rng.randrange(size) for _ in range(size // 9)} if is_path else None
    lookup = a_lookup(0, rng.sample(world, 4), k=4, alpha=5, taken=others)
    under_way = []

    while not lookup.done:
        under_way += lookup.queries()
        if lookup.done:
            break
        one = under_way[rng.randrange(len(under_way))]
        if rng.random() < 0.5:
            lookup.on_slow(one)
        else:
            under_way.remove(one)
            if rng.random() < honesty:
                lookup.on_reply(one, rng.sample(world, 20))
            else:
                lookup.on_silence(one)
        known = lookup.closest
        lookup._chosen = None
        assert lookup.closest == known
        listed = set(lookup._candidates.nearest_first)
        by_id = lookup._candidates._by_id.values()
        assert {each for each in by_id if each.state in (ASKED, SLOW, ANSWERED)} <= listed

    assert lookup.asked <= 64


def test_whom_somebody_else_named_too_is_asked_though_a_liar_named_it():
    honest, liar = peer(1 << 40, port=1), peer(2 << 40, port=2)
    true = peer(3, port=3)
    lookup = a_lookup(0, [honest, liar], k=2, alpha=4)
    lookup.queries()
    lookup.on_reply(liar, [true, *(peer(n << 9, port=100 + n) for n in range(1, 20))])
    lookup.on_reply(honest, [true])

    while not lookup.done:
        for other in lookup.queries():
            if other == true:
                lookup.on_reply(other, [])
            else:
                lookup.on_silence(other)

    assert true in lookup.answered


def test_candidates_are_bounded_in_number():
    lookup = a_lookup(0, [peer(5, port=1)])
    (asked,) = lookup.queries()

    lookup.on_reply(asked, [peer(10 + n, port=10 + n) for n in range(5000)])

    assert len(lookup._candidates.nearest_first) <= 160
    assert len(lookup._candidates._by_id) <= 180


def test_avoided_ids_are_never_asked():
    lookup = a_lookup(0, [peer(1), peer(2)], avoid=[1])

    assert [p.id for p in lookup.queries()] == [2]


def test_a_lookup_without_seeds_is_done_at_once():
    lookup = a_lookup(0, [])

    assert lookup.done
    assert not lookup.all_answered


def test_peers_of_the_region_are_looked_for_beside_the_best():
    world = [peer(n, port=n) for n in range(1, 41)]
    lookup = a_lookup(0, world[:2], k=8, region=20)

    while not lookup.done:
        for asked in lookup.queries():
            lookup.on_reply(asked, world)

    assert [p.id for p in lookup.answered] == list(range(1, 21))


def test_a_region_is_never_more_than_three_times_k():
    world = [peer(n, port=n) for n in range(1, 41)]
    lookup = a_lookup(0, world[:2], k=8, region=2**100)

    while not lookup.done:
        for asked in lookup.queries():
            lookup.on_reply(asked, world)

    assert len(lookup.answered) == 24


def test_cautious_lookups_ask_one_by_one_until_somebody_is_slow():
    lookup = a_lookup(0, [peer(n) for n in range(1, 30)], one_by_one=2)
    first = lookup.queries()
    assert len(first) == 1
    lookup.on_reply(first[0], [])
    (second,) = lookup.queries()

    lookup.on_slow(second)

    assert len(lookup.queries()) > 1


def test_cautious_lookups_open_their_window_after_so_many_answers():
    lookup = a_lookup(0, [peer(n) for n in range(1, 30)], one_by_one=1)
    (first,) = lookup.queries()

    lookup.on_reply(first, [])

    assert len(lookup.queries()) > 1


def test_once_the_best_of_all_has_answered_half_of_the_best_k_are_asked_at_once():
    lookup = a_lookup(0, [peer(n) for n in range(1, 30)], k=8)
    first = lookup.queries()
    lookup.on_reply(first[1], [])
    in_the_middle = lookup.queries()

    lookup.on_reply(first[0], [])

    assert (len(first), len(in_the_middle), len(lookup.queries())) == (3, 1, 2)


def test_news_of_somebody_closer_closes_the_window_again():
    lookup = a_lookup(0, [peer(n) for n in range(10, 30)], k=8)
    first = lookup.queries()

    lookup.on_reply(first[0], [peer(n) for n in range(1, 10)])

    assert len(lookup.queries()) == 1


def test_who_would_move_up_is_asked_while_the_slow_are_waited_for():
    lookup = a_lookup(0, [peer(n) for n in range(1, 10)], k=2, alpha=2)
    slow = lookup.queries()

    for one in slow:
        lookup.on_slow(one)

    assert [p.id for p in lookup.queries()] == [3, 4]
    assert [p.id for p in lookup.closest] == [1, 2]
    assert not lookup.done


def test_an_eager_lookup_asks_all_that_it_may_as_soon_as_one_of_the_best_has_answered():
    world = [peer(id, port=id) for id in range(1, 41)]
    lookup = a_lookup(0, world[4:7], eager=True)
    first = lookup.queries()
    assert len(first) == 3

    lookup.on_reply(first[0], world)
    assert [p.id for p in lookup.queries()] == [1, 2, 3, 4]

    lookup.on_reply(first[1], world)
    assert [p.id for p in lookup.queries()] == [8]


def test_who_named_the_missing_is_known_at_the_end():
    lookup = a_lookup(0, [peer(5), peer(6)])
    fifth, sixth = lookup.queries()
    lookup.on_reply(fifth, [peer(1), peer(2)])
    lookup.on_reply(sixth, [peer(1)])
    gone, there = lookup.queries()
    lookup.on_silence(gone)
    lookup.on_reply(there, [])

    assert lookup.missing() == [(gone, [fifth, sixth])]


def test_many_invented_peers_of_one_ip_group_drive_nobody_else_out():
    honest = [Peer(2**150 + n, Endpoint(f"10.0.{n}.1", 7000)) for n in range(4)]
    lookup = a_lookup(0, honest, k=4)
    liar = lookup.queries()[0]

    lookup.on_reply(liar, [Peer(n, Endpoint("203.0.113.7", 1000 + n)) for n in range(1, 300)])

    assert set(honest[:3]) <= set(lookup.closest)


def test_whom_nearly_all_of_its_neighbours_name_is_widely_named_and_whom_few_name_is_not():
    world = [peer(i) for i in range(1, 12)]
    alive, gone = world[0], world[1]
    lookup = Lookup(0, world[:3], k=12, alpha=12, most_requests=64)
    lookup.queries()
    lookup.on_reply(world[2], world)
    for number, other in enumerate(world[3:]):
        lookup.queries()
        named = [p for p in world if p is not gone or number < 3]
        lookup.on_reply(other, named)

    assert lookup.is_widely_named(alive)
    assert not lookup.is_widely_named(gone)
    assert not lookup.done


def test_who_named_the_missing_is_told_of_contacts_of_our_own_as_well():
    a, b, gone = peer(1), peer(2), peer(3)
    lookup = Lookup(0, [a, b, gone], k=3, alpha=3, most_requests=64)
    lookup.queries()
    lookup.on_reply(a, [b, gone])
    lookup.on_reply(b, [a])
    lookup.on_silence(gone)

    assert lookup.missing() == [(gone, [a])]


def test_hops_are_counted_from_whom_we_knew_though_others_named_it_later():
    a, b, c = peer(4), peer(2), peer(1)
    lookup = Lookup(0, [a], k=3, alpha=3, most_requests=64)
    lookup.queries()
    lookup.on_reply(a, [b])
    lookup.queries()
    lookup.on_reply(b, [a, c])

    assert [lookup.hops(each) for each in (a, b, c)] == [1, 2, 3]
