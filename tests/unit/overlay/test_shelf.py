"""Reading a large set: in ranges, side by side, and only what differs from other holders."""

import random

import pytest

from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.params import Params
from seattle_p2p.overlay.records import DIGEST_BYTES, Records
from seattle_p2p.overlay.shelf import Range, Shelf
from seattle_p2p.wire.adverts import Record
from seattle_p2p.wire.datagrams import Adverts
from seattle_p2p.wire.endpoints import Endpoint

PLACE = 5
PAGE_OCTETS = 6 * 43


def a_holder(number, ids):
    records = Records(Params())
    peer = Peer(number, Endpoint("10.0.0.1", 1 + number % 60_000))
    for id in ids:
        record = Record(b"s" * 32, id.to_bytes(20), 1, 3600, id.to_bytes(40), b"")
        records.put(PLACE, 0, record, peer, 0)
    return peer, records


def ask(records, part, digest):
    page = records.page(
        PLACE,
        bits=part.bits,
        prefix=part.prefix,
        after=part.after,
        digest=digest,
        room=PAGE_OCTETS,
    )
    marks = page.digest.to_bytes(DIGEST_BYTES)
    return Adverts(
        1, b"", b"", True, bytes(20), [], page.total, marks, page.last, 0, page.adverts
    )


def take(shelf, peer, part, reply):
    for sealed in reply.adverts:
        shelf.add(sealed, int.from_bytes(sealed), 1)
    shelf.on_page(peer, part, reply)


def read(shelf, holders):
    """The walk's first pages, then all pages; how many pages each holder was asked for."""
    asked = {}
    by_id = dict(holders)
    for peer, records in holders:
        take(shelf, peer, Range(0, 0), ask(records, Range(0, 0), b""))
    while not shelf.settled:
        for peer, part in shelf.pages():
            asked[peer.id] = asked.get(peer.id, 0) + 1
            take(shelf, peer, part, ask(by_id[peer], part, shelf.digest(part)))
    return asked


def some_ids(count, seed=1):
    rng = random.Random(seed)
    return [rng.getrandbits(160) for _ in range(count)]


def a_shelf():
    return Shelf(PLACE, 0, 0, 8)


def test_a_thousand_adverts_are_read_once_from_several_holders_and_compared_with_the_others():
    ids = some_ids(1000)
    shelf = a_shelf()

    asked = read(shelf, [a_holder(n, ids) for n in range(5)])

    assert len(shelf._ids) == 1000
    assert len(asked) > 1
    assert sum(asked.values()) <= 400


def test_what_a_helper_withholds_is_read_from_the_holder_that_has_it():
    ids = some_ids(600)
    shelf = a_shelf()

    read(shelf, [a_holder(0, ids), a_holder(1, ids[:310]), a_holder(2, ids[:300])])

    assert len(shelf._ids) == 600


def test_a_silent_helper_s_part_is_read_elsewhere():
    ids = some_ids(600)
    holders = [a_holder(n, ids) for n in range(3)]
    shelf = a_shelf()
    for peer, held in holders:
        take(shelf, peer, Range(0, 0), ask(held, Range(0, 0), b""))

    while not shelf.settled:
        for peer, part in shelf.pages():
            if peer.id == 1:
                shelf.on_silence(peer, part)
            else:
                held = holders[peer.id][1]
                take(shelf, peer, part, ask(held, part, shelf.digest(part)))

    assert len(shelf._ids) == 600


def test_a_few_differences_are_found_with_few_questions():
    ids = some_ids(1000)
    shelf = a_shelf()

    asked = read(shelf, [a_holder(0, ids[:-2]), a_holder(1, ids), a_holder(2, ids[5:])])

    assert sorted(shelf._ids) == sorted(id.to_bytes(20) for id in ids)
    assert sum(asked.values()) <= 400


def test_holders_without_anything_in_common_are_both_read():
    ids = some_ids(400)
    shelf = a_shelf()

    read(shelf, [a_holder(0, ids[:200]), a_holder(1, ids[200:])])

    assert len(shelf._ids) == 400


def test_a_small_set_needs_no_further_page():
    shelf = a_shelf()

    assert read(shelf, [a_holder(n, some_ids(5)) for n in range(4)]) == {}
    assert len(shelf._ids) == 5


def test_a_silent_holder_makes_room_for_the_next():
    ids = some_ids(300)
    (first, _), (second, records) = holders = [a_holder(n, ids) for n in range(2)]
    shelf = a_shelf()
    for peer, held in holders:
        take(shelf, peer, Range(0, 0), ask(held, Range(0, 0), b""))
    for peer, part in shelf.pages():
        if peer == first:
            shelf.on_silence(peer, part)
        else:
            take(shelf, peer, part, ask(records, part, shelf.digest(part)))

    while not shelf.settled:
        for peer, part in shelf.pages():
            assert peer == second
            take(shelf, peer, part, ask(records, part, shelf.digest(part)))

    assert len(shelf._ids) == 300


def test_a_liar_s_billions_are_not_believed():
    shelf = a_shelf()
    liar = Peer(1, Endpoint("10.0.0.1", 1))

    shelf.on_page(
        liar,
        Range(0, 0),
        Adverts(1, b"", b"", True, bytes(20), [], 10**12, b"d" * 8, b"\1", 0, [b"z"]),
    )
    shelf.pages()

    assert sum(len(plan.ranges) for plan in shelf._plans) <= 4096


def test_two_holders_or_half_of_them_split_a_place():
    shelf = a_shelf()
    peers = [Peer(n, Endpoint("10.0.0.1", 1 + n)) for n in range(6)]
    for peer in peers:
        shelf.on_page(
            peer, Range(0, 0), Adverts(1, b"", b"", True, bytes(20), [], 1, b"", b"", 0, [])
        )

    shelf.on_split(peers[0], 3)
    assert not shelf.is_split
    shelf.on_split(peers[1], 3)

    assert shelf.is_split
    assert shelf.subkeys() == list(range(8))


def test_of_a_crowded_place_the_nearest_are_read_though_others_answered_first():
    shelf, ids = a_shelf(), some_ids(300)
    far = [a_holder(1 << 100 | number, ids[:40]) for number in range(6)]
    near = [a_holder(PLACE ^ number, ids) for number in range(1, 3)]
    for peer, _ in far[:2]:
        shelf.on_split(peer, 3)

    asked = read(shelf, [*far, *near])

    assert all(shelf.has(id.to_bytes(40)) for id in ids)
    assert any(peer.id in asked for peer, _ in near)
    assert sum(peer.id in asked for peer, _ in far) < len(far)


def test_of_a_crowded_place_who_falls_silent_is_not_among_the_enough():
    shelf, ids = a_shelf(), some_ids(200)
    holders = [a_holder(PLACE ^ number, ids) for number in range(1, 8)]
    for peer, records in holders:
        take(shelf, peer, Range(0, 0), ask(records, Range(0, 0), b""))
        shelf.on_split(peer, 3)
    mute = {peer.id for peer, _ in holders[:6]}
    by_id = dict(holders)
    while not shelf.settled:
        for peer, part in shelf.pages():
            if peer.id in mute:
                shelf.on_silence(peer, part)
            else:
                take(shelf, peer, part, ask(by_id[peer], part, shelf.digest(part)))

    assert all(shelf.has(id.to_bytes(40)) for id in ids)


@pytest.mark.parametrize("seed", range(150))
def test_however_many_fall_silent_something_is_on_its_way_until_it_ends(seed):
    rng = random.Random(seed)
    ids = some_ids(rng.choice([5, 30, 100, 400]), seed)
    holders = {}
    for _ in range(rng.randint(1, 12)):
        held = rng.sample(ids, rng.randint(1, len(ids))) if rng.random() < 0.7 else ids
        peer, records = a_holder(rng.getrandbits(160), held)
        holders[peer] = records
    silent, voting = rng.choice([0, 0.05, 0.3]), rng.choice([0, 0.8])
    shelf, walk, on_their_way = a_shelf(), list(holders), []

    while walk or on_their_way:
        if walk and (not on_their_way or rng.random() < 0.3):
            peer, part = walk.pop(), Range(0, 0)
            take(shelf, peer, part, ask(holders[peer], part, b""))
            if rng.random() < voting:
                shelf.on_split(peer, 3)
        else:
            peer, part, digest = on_their_way.pop(rng.randrange(len(on_their_way)))
            if rng.random() < silent:
                shelf.on_silence(peer, part)
            else:
                take(shelf, peer, part, ask(holders[peer], part, digest))
        on_their_way += [(peer, part, shelf.digest(part)) for peer, part in shelf.pages()]
        assert on_their_way or shelf.settled

    assert shelf.settled


@pytest.mark.parametrize("silent", [1, 3, 10, 30])
def test_of_a_single_holder_that_loses_one_page_everything_is_read(silent):
    ids = some_ids(400)
    peer, records = a_holder(1, ids)
    shelf, on_their_way, asked = a_shelf(), [], 0
    take(shelf, peer, Range(0, 0), ask(records, Range(0, 0), b""))

    while pages := shelf.pages() + on_their_way:
        on_their_way = [*pages]
        page_peer, part = on_their_way.pop(0)
        asked += 1
        if asked == silent:
            shelf.on_silence(page_peer, part)
        else:
            take(shelf, page_peer, part, ask(records, part, shelf.digest(part)))

    assert len(shelf._ids) == 400
    assert shelf.settled
