"""What a holder keeps: sets, quotas, fairness, expiry, pages."""

import random
from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.params import SECOND, Params
from seattle_p2p.overlay.records import Records, mark_of, range_of
from seattle_p2p.wire.adverts import Record
from seattle_p2p.wire.datagrams import Outcome
from seattle_p2p.wire.endpoints import Endpoint

PLACE = 77
SMALL = Params(split_entries=20, split_groups=4, max_entries=40, max_records=60, max_per_node=3)


def a_record(number, sequence=1, lifetime_s=3600, size=100):
    node = number.to_bytes(20)
    return Record(b"s" * 32, node, sequence, lifetime_s, node * (size // 20), b"")


def a_peer(number, group=None):
    group = number if group is None else group
    return Peer(number, Endpoint(f"10.{group >> 8}.{group & 255}.1", 1 + number % 60000))


def offer(records, number, *, group=None, place=PLACE, depth=0, now=0, **named):
    """What a node does with a store: ask for the verdict, then put."""
    peer, record = a_peer(number, group), a_record(number, **named)
    outcome = records.verdict(place, record, peer.group, depth)
    if outcome == Outcome.DONE:
        records.put(place, depth, record, peer, now)
    return outcome


def held(records, place=PLACE):
    page = records.page(place, bits=0, prefix=0, after=b"", digest=b"", room=10**9)
    return [int.from_bytes(sealed[:20]) for sealed in page.adverts] if page else []


def test_every_node_has_one_entry_and_its_newest():
    records = Records(Params())
    for sequence in (1, 2, 3):
        offer(records, 5, sequence=sequence)
    offer(records, 6)

    assert held(records) == [5, 6]
    assert len(records) == 2


def test_a_record_ends_with_its_lifetime_on_the_holder_s_clock():
    records = Records(Params())
    offer(records, 1, lifetime_s=100)
    offer(records, 2, lifetime_s=200)

    records.expire(100 * SECOND)

    assert held(records) == [2]
    records.expire(10**6 * SECOND)
    assert held(records) == []
    assert records.next_expiry() is None


def test_a_renewed_record_outlives_its_first_lifetime():
    records = Records(Params())
    offer(records, 1, lifetime_s=100)
    offer(records, 1, lifetime_s=100, now=60 * SECOND)

    records.expire(110 * SECOND)

    assert held(records) == [1]


def test_nobody_gets_more_than_the_holder_s_lifetime():
    records = Records(Params(lifetime_s=50))

    granted = records.put(PLACE, 0, a_record(1, lifetime_s=3600), a_peer(1), 0)

    assert granted == 50


def test_pages_cover_a_place_in_order_without_gaps():
    records = Records(Params())
    rng = random.Random(1)
    numbers = sorted({rng.getrandbits(160) for _ in range(200)})
    for number in numbers:
        offer(records, number, group=1)
    seen, after = [], b""

    while True:
        page = records.page(PLACE, bits=0, prefix=0, after=after, digest=b"", room=600)
        seen += [int.from_bytes(sealed[:20]) for sealed in page.adverts]
        assert page.total == 200
        assert 0 < len(page.adverts) <= 5
        after = page.last
        if not after:
            break

    assert seen == numbers


def test_ranges_divide_a_place_and_their_digests_add_up():
    records = Records(Params())
    rng = random.Random(2)
    for _ in range(100):
        offer(records, rng.getrandbits(160), group=1)
    whole = records.page(PLACE, bits=0, prefix=0, after=b"", digest=b"", room=10**9)

    parts = [
        records.page(PLACE, bits=3, prefix=prefix, after=b"", digest=b"", room=10**9)
        for prefix in range(8)
    ]

    assert [a for part in parts for a in part.adverts] == whole.adverts
    digest = 0
    for part in parts:
        digest ^= part.digest
    assert digest == whole.digest


def test_a_reader_with_the_right_digest_gets_no_adverts():
    records = Records(Params())
    offer(records, 1)
    right = mark_of((1).to_bytes(20), 1).to_bytes(8)

    page = records.page(PLACE, bits=0, prefix=0, after=b"", digest=right, room=10**9)

    assert (page.total, page.adverts) == (1, [])


def test_a_page_without_room_says_that_there_is_more():
    records = Records(Params())
    offer(records, 1)
    offer(records, 2)

    page = records.page(PLACE, bits=0, prefix=0, after=b"", digest=b"", room=110)

    assert len(page.adverts) == 1
    assert page.last == (1).to_bytes(20)


def test_a_crowded_place_answers_split_when_many_groups_crowd_it():
    records = Records(SMALL)
    outcomes = [offer(records, number) for number in range(1, 31)]

    assert outcomes == [Outcome.DONE] * 20 + [Outcome.SPLIT] * 10
    assert records.split_of(PLACE) == 3
    assert offer(records, 5, sequence=2) == Outcome.DONE


def test_a_crowd_of_few_groups_is_no_reason_to_split():
    records = Records(SMALL)
    for number in range(1, 41):
        assert offer(records, number, group=number % 2) == Outcome.DONE

    assert records.split_of(PLACE) == 0
    assert offer(records, 99, group=1) == Outcome.FULL


def test_a_full_place_takes_from_the_largest_group_for_a_smaller_one():
    records = Records(SMALL)
    for number in range(1, 41):
        offer(records, number, group=1)

    for number in range(100, 102):
        assert offer(records, number, group=number) == Outcome.DONE

    assert {100, 101} <= set(held(records))
    assert len(held(records)) == 40


def test_a_flood_from_few_groups_displaces_nobody_else():
    records = Records(SMALL)
    for number in range(1, 13):
        offer(records, number, group=number % 3)
    for number in range(1000, 9000):
        offer(records, number, group=200)

    assert set(range(1, 13)) <= set(held(records))


def test_who_comes_after_a_flood_still_gets_in():
    records = Records(SMALL)
    for number in range(1000, 3000):
        offer(records, number, group=200 + number % 2)

    for number in range(1, 10):
        assert offer(records, number, group=number % 3) == Outcome.DONE

    assert set(range(1, 10)) <= set(held(records))


def test_one_node_cannot_fill_the_holder():
    records = Records(SMALL)
    outcomes = [offer(records, 1, place=place) for place in range(5)]

    assert outcomes == [Outcome.DONE] * 3 + [Outcome.FULL] * 2


def test_the_holder_as_a_whole_is_bounded():
    records = Records(SMALL)
    for number in range(1, 200):
        offer(records, number, place=number)

    assert len(records) == 60


def test_a_removed_record_leaves_nothing_behind():
    records = Records(Params())
    offer(records, 1)

    assert records.remove(PLACE, (1).to_bytes(20))
    assert not records.remove(PLACE, (1).to_bytes(20))
    assert records._places == {}
    assert not records._per_node


def test_a_record_renewed_often_is_looked_at_once_until_it_expires():
    records = Records(Params())
    for renewal in range(100):
        offer(records, 1, sequence=renewal, now=renewal * SECOND, lifetime_s=50)
        records.expire(renewal * SECOND)
        assert len(records._expiries) == 1

    records.expire(148 * SECOND)
    assert len(records) == 1
    records.expire(149 * SECOND)
    assert len(records) == 0


def test_a_renewal_with_a_shorter_life_ends_earlier():
    records = Records(Params())
    offer(records, 1, sequence=1, lifetime_s=500)
    offer(records, 1, sequence=2, lifetime_s=5)

    records.expire(5 * SECOND)

    assert len(records) == 0


def test_ranges_cover_their_prefix():
    assert range_of(0, 0) == (bytes(20), b"\xff" * 20)
    assert range_of(4, 0xA) == (b"\xa0" + bytes(19), b"\xaf" + b"\xff" * 19)


class HoldingMachine(RuleBasedStateMachine):
    """Any order of stores, removals and time: the books agree."""

    def __init__(self):
        super().__init__()
        self.records = Records(SMALL)
        self.now = 0

    @rule(
        number=st.integers(1, 60),
        group=st.integers(0, 6),
        place=st.integers(0, 2),
        life=st.integers(1, 50),
    )
    def store(self, number, group, place, life):
        offer(self.records, number, group=group, place=place, now=self.now, lifetime_s=life)

    @rule(number=st.integers(1, 60), place=st.integers(0, 2))
    def remove(self, number, place):
        self.records.remove(place, number.to_bytes(20))

    @rule(seconds=st.integers(1, 30))
    def pass_time(self, seconds):
        self.now += seconds * SECOND
        self.records.expire(self.now)

    @invariant()
    def the_books_agree(self):
        places = self.records._places
        assert sum(len(p.entries) for p in places.values()) == len(self.records) <= 60
        per_node = Counter(node for _, node, _ in self.records.contents())
        assert self.records._per_node in (None, per_node)
        per_group = Counter(entry.peer.group for _, _, entry in self.records.contents())
        if self.records._per_group is not None:
            assert self.records._per_group._counts == per_group
        for place in places.values():
            nodes = [entry.node for entry in place.entries]
            assert sorted(set(nodes)) == nodes
            assert 0 < len(place.entries) <= 40
            groups = Counter(entry.peer.group for entry in place.entries)
            kept = self.records._groups(place)
            assert kept._counts == groups
            assert kept.counted == sum(min(n, 20 // 4) for n in groups.values())
            digest = 0
            for entry in place.entries:
                digest ^= entry.mark
                assert entry.expires > self.now
            assert digest == place.digest


TestHolding = HoldingMachine.TestCase


def test_a_record_long_under_way_does_not_undo_a_newer_one():
    records = Records(Params())
    offer(records, 5, sequence=7)

    assert offer(records, 5, sequence=6) == Outcome.OLDER
    assert offer(records, 5, sequence=7) == Outcome.DONE
    assert offer(records, 5, sequence=8) == Outcome.DONE


def test_a_store_that_comes_twice_does_not_bring_back_what_was_removed_between():
    records = Records(Params())
    offer(records, 5, sequence=7)
    records.remove(PLACE, (5).to_bytes(20))

    assert offer(records, 5, sequence=7) == Outcome.OLDER
    assert offer(records, 5, sequence=8) == Outcome.DONE


def test_what_was_removed_is_remembered_of_a_bounded_number_only():
    records = Records(Params(max_per_node=5000))
    for place in range(1000):
        offer(records, 5, place=place)
        records.remove(place, (5).to_bytes(20))

    assert offer(records, 5, place=0) == Outcome.DONE
    assert offer(records, 5, place=999) == Outcome.OLDER


def test_a_full_holder_takes_from_the_largest_group_whatever_the_place():
    records = Records(SMALL)
    for number in range(60):
        assert offer(records, number, group=1, place=number % 12) == Outcome.DONE
    assert offer(records, 60, group=1, place=12) == Outcome.FULL

    assert [offer(records, 70 + n, group=2 + n, place=13) for n in range(10)] == [0] * 10

    assert len(records) == 60
    assert held(records, 13) == list(range(70, 80))
    assert sum(len(held(records, place)) for place in range(12)) == 50


def test_junk_under_other_keys_leaves_room_for_everybody_else():
    records = Records(Params(max_records=600))
    for number in range(3000):
        offer(records, number, group=number % 4, place=number % 50)

    honest = [offer(records, 5000 + n, group=10 + n, place=60) for n in range(200)]

    assert honest == [Outcome.DONE] * 200
    assert len(held(records, 60)) == 200
