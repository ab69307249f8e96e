"""Candidates of a lookup: their order, who is believed, and that they stay few."""

import random

import pytest

from seattle_p2p.overlay.candidates import ANSWERED, GIVEN_UP, SLOW, Candidates
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.hearsay import Hearsay
from seattle_p2p.overlay.order import best, with_region


def a_peer(id, group=None):
    place = id % 60_000 if group is None else group
    return Peer(id, Endpoint(f"10.{place // 250}.{place % 250}.1", 1 + id % 60_000))


def some_candidates(k=4, region=0):
    hearsay = Hearsay()
    return Candidates(0, k, region, hearsay), hearsay


def a_liar(hearsay, number):
    """The bit of somebody who named four nobodies."""
    bit = hearsay.add(a_peer(10**9 + number))
    for _ in range(4):
        hearsay.judge(bit, 1, 0)
    return bit


def ids(candidates):
    return [candidate.peer.id for candidate in candidates]


@pytest.mark.parametrize("groups", [None, 3])
@pytest.mark.parametrize("region", [0, 40, 10**6])
def test_the_best_are_those_of_the_order_and_of_the_region(groups, region):
    rng = random.Random(region)
    candidates, _ = some_candidates(region=region)
    peers = [a_peer(id, groups and id % groups) for id in rng.sample(range(1, 200), 60)]
    for peer in peers:
        candidates.add(peer, 0)

    chosen = candidates.choose(candidates.nearest_first)

    peers.sort(key=lambda peer: peer.id)
    assert [each.peer for each in chosen] == with_region(best(peers, 4), peers, 0, region, 4)


def test_one_given_up_is_out_of_the_order_until_it_is_put_back():
    candidates, _ = some_candidates()
    for id in (5, 3, 9):
        candidates.add(a_peer(id), 0)
    gone = candidates.find(5)

    gone.state = GIVEN_UP
    candidates.drop_given_up()
    assert ids(candidates.nearest_first) == [3, 9]
    assert candidates.find(5) is gone

    gone.state = ANSWERED
    candidates.put_back(gone)
    assert ids(candidates.nearest_first) == [3, 5, 9]


def test_whom_only_a_liar_named_is_left_out_while_k_others_are_there():
    candidates, hearsay = some_candidates(k=2)
    liar = a_liar(hearsay, 0)
    candidates.add(a_peer(1), liar)
    candidates.add(a_peer(5), 0)
    assert ids(candidates.credible(is_path=False)) == [1, 5]

    candidates.add(a_peer(7), 0)

    assert ids(candidates.credible(is_path=False)) == [5, 7]


def test_among_many_liars_one_word_counts_on_a_path_once_the_best_of_two_words_answered():
    candidates, hearsay = some_candidates(k=1)
    for number in range(2):
        a_liar(hearsay, number)
    candidates.add(a_peer(5), 0)
    candidates.add(a_peer(2), hearsay.add(a_peer(99)))
    assert ids(candidates.credible(is_path=True)) == [5]

    candidates.find(5).state = ANSWERED

    assert ids(candidates.credible(is_path=True)) == [2, 5]
    assert ids(candidates.credible(is_path=False)) == [5]


def test_no_teller_s_names_drive_out_those_of_another():
    candidates, hearsay = some_candidates(k=20)
    tellers = [hearsay.add(a_peer(10**9 + number)) for number in range(9)]
    honest = hearsay.add(a_peer(10**9 + 99))
    for number, teller in enumerate(tellers):
        for n in range(20):
            candidates.add(a_peer(1000 * number + n + 1), teller)
            candidates.bound()
    named = [10**6 + n for n in range(5)]

    for id in named:
        candidates.add(a_peer(id), honest)
    while not candidates.bound():
        candidates.add(a_peer(10**5 + len(candidates.nearest_first)), tellers[0])

    assert len(candidates.nearest_first) <= 160
    assert set(named) <= set(ids(candidates.nearest_first))


def test_whom_we_asked_stays_however_many_others_are_nearer():
    candidates, hearsay = some_candidates(k=20)
    asked = [a_peer(10**7 + n) for n in range(30)]
    teller = hearsay.add(a_peer(10**9))
    for peer in asked:
        candidates.add(peer, teller)
        candidates.find(peer.id).state = SLOW

    for n in range(300):
        candidates.add(a_peer(n + 1), hearsay.add(a_peer(10**9 + n + 1)))
        candidates.bound()

    assert len(candidates.nearest_first) <= 160
    assert {peer.id for peer in asked} <= set(ids(candidates.nearest_first))
