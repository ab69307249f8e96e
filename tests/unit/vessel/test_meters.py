"""Rates as buckets: one second's worth at once, then so much a second, whatever is asked
for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.vessel.broker.meters import Bucket, Meters
from seattle_p2p.vessel.repy_errors import CallFailed
from seattle_p2p.vessel.resources import Resources


def carry_out(call, clock: list[float]):
    """Drive a metered call, letting time pass as it asks."""
    try:
        while True:
            clock[0] += next(call)
    except StopIteration as stop:
        return stop.value


@given(
    rate=st.floats(1, 1e6),
    shares=st.lists(st.floats(0.001, 3), min_size=20, max_size=60),
)
def test_what_is_taken_stays_within_rate_times_time_and_a_burst(rate, shares):
    clock = [0.0]
    bucket = Bucket(rate)
    taken = 0.0
    for share in shares:
        clock[0] += bucket.wait(clock[0])
        bucket.take(share * rate, clock[0])
        taken += share * rate
        largest = max(shares) * rate

        assert taken <= rate * (clock[0] + 1) + largest + 1e-6 * taken


def test_a_burst_of_a_second_does_not_wait():
    bucket = Bucket(100)
    for _ in range(10):
        assert bucket.wait(0.0) == 0
        bucket.take(10, 0.0)


def test_a_call_waits_until_the_rate_allows_it():
    clock = [0.0]
    meters = Meters(Resources.of({"lograte": 100}), lambda: clock[0])

    carry_out(meters.charge("lograte", 500), clock)
    carry_out(meters.charge("lograte", 1), clock)

    assert clock[0] == pytest.approx(4.0)
    assert meters.total["lograte"] == 501


def test_what_was_not_granted_is_forbidden():
    meters = Meters(Resources(), lambda: 0.0)

    with pytest.raises(CallFailed) as failure:
        next(meters.charge("netsend", 1))

    assert failure.value.kind == "ResourceForbiddenError"


def test_pieces_are_counted_and_given_back():
    meters = Meters(Resources.of({"filesopened": 2}), lambda: 0.0)
    meters.take("filesopened")
    meters.take("filesopened")

    with pytest.raises(CallFailed) as failure:
        meters.take("filesopened")
    meters.give_back("filesopened")
    meters.take("filesopened")

    assert failure.value.kind == "ResourceExhaustedError"
