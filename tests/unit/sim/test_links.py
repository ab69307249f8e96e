"""Latency and loss models against the measurements they were fitted to."""

from itertools import pairwise
from math import exp, log
from statistics import correlation

import pytest

from seattle_p2p.errors import BadPlan
from seattle_p2p.sim.geography import PLANETLAB, SEATTLE, quantile
from seattle_p2p.sim.links import (
    Bernoulli,
    Constant,
    GilbertElliott,
    Matrix,
    Residential,
    Synthetic,
    read_matrix,
)
from seattle_p2p.sim.streams import Streams


@pytest.mark.parametrize(
    ("geography", "measured"),
    [(PLANETLAB, (134, 291, 404)), (SEATTLE, (160, 390, 1415))],
    ids=["planetlab", "seattle"],
)
def test_the_synthetic_model_resembles_what_was_measured(geography, measured):
    model = Synthetic(geography, Streams(3))
    model.grow(400)
    seen = sorted(model.base_rtt_ns(a, b) / 1e6 for a in range(400) for b in range(a))

    for share, milliseconds, tolerance in zip(
        (0.5, 0.9, 0.99), measured, (0.15, 0.15, 0.35), strict=True
    ):
        assert seen[int(share * len(seen))] == pytest.approx(milliseconds, rel=tolerance)


def test_a_pair_keeps_its_round_trip_and_has_it_in_both_directions():
    model = Synthetic(PLANETLAB, Streams(1))
    model.grow(50)

    assert model.base_rtt_ns(3, 40) == model.base_rtt_ns(40, 3) == model.base_rtt_ns(3, 40)


def test_one_way_is_about_half_the_round_trip():
    model = Synthetic(PLANETLAB, Streams(1))
    model.grow(50)
    ways = sorted(model.delay_ns(3, 40, 0) for _ in range(999))

    assert ways[500] == pytest.approx(model.base_rtt_ns(3, 40) / 2, rel=0.06)


def test_places_do_not_depend_on_how_often_jitter_was_drawn():
    one, other = Synthetic(PLANETLAB, Streams(1)), Synthetic(PLANETLAB, Streams(1))
    one.grow(10)
    for _ in range(100):
        one.delay_ns(0, 1, 0)
    one.grow(20)
    other.grow(20)

    assert one.base_rtt_ns(15, 3) == other.base_rtt_ns(15, 3)


def test_at_home_slow_periods_last():
    model = Residential(Streams(1))
    model.grow(300)
    ratios = []
    for number in range(0, 300, 2):
        base = model.base_rtt_ns(number, number + 1) / 2
        swings = [
            model.delay_ns(number, number + 1, step * 15 * 10**9) / base for step in range(60)
        ]
        ratios.append([log(swing) for swing in swings])

    flat = sorted(exp(value) for row in ratios for value in row)
    assert flat[len(flat) // 2] == pytest.approx(1, rel=0.15)
    assert flat[int(0.95 * len(flat))] == pytest.approx(3.8, rel=0.25)
    lagged = [correlation(row[:-1], row[1:]) for row in ratios]
    assert sum(lagged) / len(lagged) == pytest.approx(0.75, abs=0.15)


def test_constant_is_constant():
    model = Constant(12.5)

    assert model.delay_ns(0, 1, 0) == 12_500_000
    assert model.base_rtt_ns(4, 2) == 25_000_000


def test_a_matrix_is_read_and_its_gaps_take_the_median(tmp_path):
    path = tmp_path / "rtt.csv"
    path.write_text("0,10,20\n10,0,\n20,,0\n")

    model = Matrix(read_matrix(path), Streams(1))
    model.grow(40)

    seen = {model.base_rtt_ns(a, b) for a in range(40) for b in range(40)}
    assert seen == {10_000_000, 20_000_000}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1,2\n3", "not square"),
        ("1,x\n3,4", "no number"),
        ("0,0\n0,0", "above 0"),
        ("", "not square"),
    ],
)
def test_a_broken_matrix_is_refused_with_its_reason(tmp_path, text, reason):
    path = tmp_path / "rtt.csv"
    path.write_text(text)

    with pytest.raises(BadPlan, match=reason):
        read_matrix(path)


def test_a_missing_matrix_is_refused(tmp_path):
    with pytest.raises(BadPlan, match="cannot read"):
        read_matrix(tmp_path / "none.csv")


def test_bernoulli_loses_its_share():
    loss = Bernoulli(0.02, Streams(1))

    assert sum(loss.lost(0, 1) for _ in range(50_000)) == pytest.approx(1000, rel=0.15)


def test_gilbert_elliott_loses_in_bursts():
    loss = GilbertElliott(to_bad=0.01, to_good=0.2, bad_loss=1.0, streams=Streams(1))
    lost = [loss.lost(0, 1) for _ in range(50_000)]

    share = sum(lost) / len(lost)
    after_loss = sum(b for a, b in pairwise(lost) if a) / sum(lost)
    assert share == pytest.approx(0.01 / 0.21, rel=0.2)
    assert after_loss == pytest.approx(0.8, rel=0.1)


def test_quantiles_in_between_are_linear():
    points = ((0, 0.0), (0.5, 10.0), (1, 110.0))

    assert [quantile(points, share) for share in (0, 0.25, 0.5, 0.75, 1)] == [0, 5, 10, 60, 110]
