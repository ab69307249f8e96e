"""The arithmetic behind a report."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.measures import Cost, Discovery, Tally, gini, percentile, percentiles
from seattle_p2p.sim.run import Run


def test_nobody_carries_more_than_another_gives_zero():
    assert gini([3, 3, 3, 3]) == pytest.approx(0)


def test_one_who_carries_everything_gives_nearly_one():
    assert gini([0] * 99 + [7]) == pytest.approx(0.99)


@given(st.lists(st.integers(0, 1000), max_size=50))
def test_gini_lies_between_zero_and_one(values):
    assert -1e-9 <= gini(values) < 1


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=50), st.floats(0.01, 1))
def test_a_percentile_is_not_exceeded_by_its_share(values, share):
    found = percentile(sorted(values), share)

    assert sum(value <= found for value in values) >= share * len(values) - 1e-3


def test_percentiles_of_nothing_are_nothing():
    assert percentiles("x", []) == {}


def test_percentiles_are_named_and_scaled():
    assert percentiles("x_ms", list(range(1, 101)), per=10) == {
        "x_ms_p50": 5.0,
        "x_ms_p90": 9.0,
        "x_ms_p99": 9.9,
    }


def test_recall_counts_only_what_lived_all_the_while():
    tally = Tally()
    look = Discovery(0, 0, False, frozenset({1, 2, 3}))
    look.found = {1: 5_000_000}
    look.lived = frozenset({1, 2})
    look.done_ns = 9_000_000
    tally.discoveries.append(look)

    measures = tally.discovery_measures()

    assert measures["discovery.recall"] == 0.5
    assert measures["discovery.first_ms_p50"] == 5
    assert measures["discovery.done_ms_p50"] == 9
    assert "discovery.all_ms_p50" not in measures


def test_all_are_shown_when_the_last_that_lived_is():
    tally = Tally()
    look = Discovery(0, 1_000_000, False, frozenset({1, 2, 3}))
    look.found = {1: 5_000_000, 2: 7_000_000, 3: 8_000_000}
    look.lived = frozenset({1, 2})
    look.done_ns = 9_000_000
    tally.discoveries.append(look)

    assert tally.discovery_measures()["discovery.all_ms_p50"] == 6


def test_precision_counts_the_dead_that_were_shown():
    tally = Tally()
    look = Discovery(0, 0, False, frozenset({1}), found={1: 5, 2: 6, 3: 6}, dead_shown=1)
    look.done_ns = 7
    tally.discoveries.append(look)

    assert tally.discovery_measures()["discovery.precision"] == pytest.approx(0.75)


def test_cost_is_per_delivered_datagram():
    assert Cost(2.0, 3.0, 0, 100_000).us_per_message == 20
    assert Cost(2.0, 3.0, 0, 0).us_per_message == 0


def test_no_lookup_is_quicker_than_the_slowest_of_those_who_have_to_answer():
    plan = shapes.Scenario(
        version=1,
        meta=shapes.About(name="floor", duration_s=200, signer="simulated"),
        nodes=(
            shapes.NodeGroup(name="seeds", count=1, role="bootstrap"),
            shapes.NodeGroup(name="donors", count=60, join_at_s=1, join_span_s=10),
        ),
        network=shapes.Network(latency="constant", latency_ms=40),
        workload=shapes.Workload(discover_from_s=60, lookups_per_s=1),
    )

    result = Run(plan, 3).execute()

    for sample in result.tally.lookups:
        assert sample.floor_ns == sample.direct_ns == 80_000_000
        assert sample.floor_ns <= sample.first_ns <= sample.closest_ns <= sample.took_ns
        assert sample.closest_ns == 80_000_000 * sample.hops
    assert 1 <= result.measures["lookup.hops"] <= 3
    assert result.measures["lookup.stretch_p50"] == result.measures["lookup.ms_p50"] / 80
