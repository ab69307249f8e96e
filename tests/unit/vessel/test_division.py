"""Splitting and joining amounts: nothing is gained, lost or shared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import InternalError, OutOfResources, UsageError
from seattle_p2p.vessel.division import (
    divide,
    equal_parts,
    keeping,
    sum_of,
    total_of,
    unite,
)
from seattle_p2p.vessel.resources import COUNTED, OFFCUT, RENEWABLE, Resources

quantities = st.dictionaries(st.sampled_from(RENEWABLE + COUNTED), st.integers(0, 10**9))
port_sets = st.frozensets(st.integers(63100, 63130), max_size=12)
amounts = st.builds(Resources, quantities, port_sets, port_sets).map(
    lambda some: some.plus(OFFCUT).plus(OFFCUT).plus(OFFCUT)
)
WHOLE = Resources.of(
    {"cpu": 0.1, "memory": 30_000_000, "diskused": 20_000_000, "events": 10},
    messport=range(63100, 63106),
).plus(OFFCUT)


@given(amounts, st.integers(1, 99))
def test_a_join_undoes_a_split_exactly(whole: Resources, percent: int) -> None:
    requested = keeping(whole, percent, OFFCUT)

    left = divide(whole, requested, OFFCUT)

    assert unite([left, *requested], OFFCUT) == whole
    assert sum_of([left, *requested], OFFCUT) != sum_of([whole], OFFCUT)  # one more vessel
    assert sum_of([left, *requested], OFFCUT).total == sum_of([whole], OFFCUT).total


@given(amounts, st.integers(2, 4))
def test_equal_parts_differ_by_no_more_than_one_of_anything(
    whole: Resources, count: int
) -> None:
    requested = equal_parts(whole, count, OFFCUT)
    parts = [*requested, divide(whole, requested, OFFCUT)]

    assert len(parts) == count
    for name in RENEWABLE + COUNTED:
        found = [part.quantities.get(name, 0) for part in parts]
        assert max(found) - min(found) <= 1
    for name in ("messport", "connport"):
        sizes = [len(part.ports(name)) for part in parts]
        assert max(sizes) - min(sizes) <= 1
        assert frozenset().union(*(part.ports(name) for part in parts)) == whole.ports(name)
        assert sum(sizes) == len(whole.ports(name))


def test_what_does_not_fit_names_the_resource_and_both_numbers() -> None:
    with pytest.raises(OutOfResources) as caught:
        divide(WHOLE, [Resources.of({"memory": 40_000_000})], OFFCUT)

    assert caught.value.resource == "memory"
    assert (caught.value.wanted, caught.value.available) == (40_000_000, 30_000_000)


def test_a_port_that_is_not_there_cannot_be_cut_out() -> None:
    with pytest.raises(OutOfResources, match="messport 63107"):
        divide(WHOLE, [Resources.of({}, messport=[63107])], OFFCUT)


def test_a_port_asked_for_twice_is_refused() -> None:
    part = Resources.of({}, messport=[63100])

    with pytest.raises(OutOfResources, match="messport 63100"):
        divide(WHOLE.plus(OFFCUT), [part, part], OFFCUT)


def test_too_small_for_an_offcut_is_refused() -> None:
    tiny = Resources.of({"cpu": 0.001, "memory": 10, "diskused": 10})

    with pytest.raises(OutOfResources):
        divide(tiny, [Resources()], OFFCUT)


@pytest.mark.parametrize("count", [0, 1, 17])
def test_a_senseless_number_of_parts_is_refused(count: int) -> None:
    with pytest.raises(UsageError):
        equal_parts(WHOLE, count, OFFCUT)


@pytest.mark.parametrize("percent", [0, 100, -3])
def test_a_senseless_share_is_refused(percent: int) -> None:
    with pytest.raises(UsageError):
        keeping(WHOLE, percent, OFFCUT)


def test_one_vessel_is_no_join_and_nothing_is_no_split() -> None:
    with pytest.raises(UsageError):
        unite([WHOLE], OFFCUT)
    with pytest.raises(UsageError):
        divide(WHOLE, [], OFFCUT)


def test_a_shared_port_is_noticed_when_summing() -> None:
    with pytest.raises(InternalError, match="63100"):
        sum_of([WHOLE, WHOLE], OFFCUT)


def test_a_sum_names_what_differs_from_the_grant() -> None:
    text = "resource cpu 0.1\nresource memory 5\nresource diskused 5\n"
    found = total_of([text, text], "")

    assert found.vessels == 2
    granted = Resources.of({"cpu": 0.2, "memory": 11, "diskused": 10})
    assert found.problems(granted) == ["memory: 10 is given away, 11 was granted"]
    assert not found.problems(found.total)
