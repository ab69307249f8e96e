"""Whose word counts: accounts of tellers, doubt, and how many may be relied on at a time."""

import random

import pytest

from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.hearsay import Hearsay


def a_teller(number):
    return Peer(number + 1, Endpoint(f"10.0.{number}.1", 7000))


def some_tellers(count):
    hearsay = Hearsay()
    tellers = [a_teller(number) for number in range(count)]
    return hearsay, tellers, [hearsay.add(teller) for teller in tellers]


def test_tellers_are_told_in_the_order_in_which_they_answered():
    hearsay, tellers, bits = some_tellers(70)

    names = bits[69] | bits[3] | bits[12]

    assert hearsay.tellers(names) == [tellers[3], tellers[12], tellers[69]]
    assert hearsay.first(names) == tellers[3]


def test_who_named_four_nothings_is_doubted_and_its_word_does_not_count():
    hearsay, _, (liar, _) = some_tellers(2)

    changed = [hearsay.judge(liar, 1, 0) for _ in range(4)]

    assert changed == [False, False, False, True]
    assert hearsay.any_is_doubted
    assert not hearsay.many_are_doubted
    assert hearsay.words(liar) == 0


def test_two_liars_are_many():
    hearsay, _, bits = some_tellers(3)

    for liar in bits[:2]:
        for _ in range(4):
            hearsay.judge(liar, 1, 0)

    assert hearsay.many_are_doubted
    assert hearsay.words(bits[0] | bits[1] | bits[2]) == 1


def test_one_in_three_may_be_nothing_after_a_disaster():
    hearsay, _, (teller,) = some_tellers(1)

    for _ in range(20):
        hearsay.judge(teller, 0, 1)
    for _ in range(10):
        hearsay.judge(teller, 1, 0)

    assert not hearsay.any_is_doubted


def test_doubt_ends_when_the_slow_answer_after_all():
    hearsay, _, (teller,) = some_tellers(1)
    for _ in range(4):
        hearsay.judge(teller, 1, 0)

    assert hearsay.judge(teller, -1, 1)
    assert not hearsay.any_is_doubted


def test_nobody_is_relied_on_for_more_at_a_time_than_would_bring_it_into_doubt():
    hearsay, _, (teller,) = some_tellers(1)

    assert [hearsay.rely(teller) for _ in range(5)] == [True] * 4 + [False]

    hearsay.judge(teller, 0, 1)
    assert hearsay.rely(teller)


def test_whom_somebody_else_named_too_is_to_the_account_of_that_one():
    hearsay, _, (one, other) = some_tellers(2)
    for _ in range(4):
        hearsay.rely(one)

    assert not hearsay.rely(one)
    assert hearsay.rely(one | other)


def test_for_want_of_others_those_of_doubted_tellers_are_asked():
    hearsay, _, (liar,) = some_tellers(1)
    for _ in range(4):
        hearsay.judge(liar, 1, 0)

    assert hearsay.rely(liar)


@pytest.mark.parametrize("seed", range(20))
def test_accounts_are_those_of_a_plain_count(seed):
    rng = random.Random(seed)
    hearsay, _, bits = some_tellers(rng.randint(1, 70))
    nothings, somebodies = [0] * len(bits), [0] * len(bits)

    for _ in range(150):
        named_by = rng.sample(range(len(bits)), min(rng.randint(1, 9), len(bits)))
        nothing, somebody = rng.choice([(1, 0), (0, 1), (-1, 1)])
        hearsay.judge(sum(bits[number] for number in named_by), nothing, somebody)
        for number in named_by:
            nothings[number] = max(nothings[number] + nothing, 0)
            somebodies[number] += somebody

    doubted = {
        bit
        for bit, bad, good in zip(bits, nothings, somebodies, strict=True)
        if bad >= 4 and bad > 2 * good
    }
    assert {bit for bit in bits if not hearsay.words(bit)} == doubted
