"""Amounts: what is split and joined again is exactly what was there."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import OutOfResources, UsageError
from seattle_p2p.vessel.resources import COUNTED, OFFCUT, RENEWABLE, Resources

names = st.sampled_from([*RENEWABLE, *COUNTED])
ports = st.frozensets(st.integers(1, 65535), max_size=8)
amounts = st.builds(
    Resources, st.dictionaries(names, st.integers(0, 10**12)), messport=ports, connport=ports
)


def vessel(**amounts: float) -> Resources:
    return Resources.of({"cpu": 0.1, "memory": 30_000_000, "diskused": 20_000_000} | amounts)


@given(first=amounts, second=amounts)
def test_minus_undoes_plus_where_ports_do_not_overlap(first, second):
    apart = Resources(
        second.quantities, second.messport - first.messport, second.connport - first.connport
    )

    assert first.plus(apart).minus(apart) == first


@given(left=amounts, requested=amounts)
def test_split_then_join_gives_back_the_original(left, requested):
    requested = Resources(
        requested.quantities,
        requested.messport - left.messport,
        requested.connport - left.connport,
    )
    original = left.join(requested)

    leftover, taken = original.split(requested)

    assert (leftover, taken) == (left, requested)
    assert leftover.join(taken) == original


def test_split_then_join_is_exact_for_fractions_as_people_write_them():
    rng = random.Random(7)
    for _ in range(500):
        cpu = rng.randrange(1, 90) / 1000
        original = vessel(
            cpu=0.1, events=50, lograte=30_000.1, netsend=rng.randrange(10**6) / 7
        )
        requested = Resources.of({"cpu": cpu, "lograte": rng.randrange(200) / 3})

        leftover, taken = original.split(requested, Resources())

        assert leftover.join(taken, Resources()) == original


@given(whole=amounts, cuts=st.lists(st.integers(0, 100), max_size=6))
def test_shares_of_a_division_add_up_to_the_whole(whole, cuts):
    edges = sorted({0, 100, *cuts})
    percents = [high - low for low, high in itertools.pairwise(edges)]

    total = Resources()
    for share in whole.divide(percents):
        total = total.plus(share)

    assert total == whole


@given(whole=amounts, percent=st.integers(0, 100))
def test_a_scaled_amount_fits_into_the_whole(whole, percent):
    assert whole.covers(whole.scale(percent))


def test_division_hands_out_ports_in_consecutive_runs():
    whole = Resources({}, frozenset(range(63100, 63110)))

    first, second = whole.divide([30, 70])

    assert first.messport == frozenset(range(63100, 63103))
    assert second.messport == frozenset(range(63103, 63110))


def test_split_is_refused_when_not_even_the_offcut_fits():
    with pytest.raises(OutOfResources) as refusal:
        Resources.of({"cpu": 0.001}).split(Resources())

    assert refusal.value.resource == "cpu"


def test_split_is_refused_for_a_port_that_is_not_there():
    whole = OFFCUT.plus(Resources({}, frozenset({63100})))

    with pytest.raises(OutOfResources, match="messport 63101"):
        whole.split(Resources({}, frozenset({63101})))


@pytest.mark.parametrize(
    "wrong",
    [{"cpu": -1}, {"cpu": float("nan")}, {"memory": 0.5}, {"gold": 1}, {"memory": 10**16}],
)
def test_amounts_that_make_no_sense_are_refused(wrong):
    with pytest.raises(UsageError):
        Resources.of(wrong)


def test_shares_that_do_not_total_100_are_refused():
    with pytest.raises(UsageError, match="90"):
        vessel().divide([50, 40])
