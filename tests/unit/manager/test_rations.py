"""Rations: a steady rate for each, one second's worth at once."""

from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.manager.rations import Rations


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_seconds_worth_comes_at_once_and_the_next_waits() -> None:
    rations = Rations(10.0, Clock())

    waits = [rations.wait_s("a") for _ in range(12)]

    assert waits[:10] == [0.0] * 10
    assert 0.09 < waits[10] < waits[11]


def test_everybody_has_their_own() -> None:
    rations = Rations(10.0, Clock())
    for _ in range(50):
        rations.wait_s("greedy")

    assert rations.wait_s("modest") == 0.0


@given(st.lists(st.floats(0.0, 0.5), min_size=1, max_size=200))
def test_whoever_waits_as_told_never_gets_more_than_the_rate(gaps: list[float]) -> None:
    clock = Clock()
    rations = Rations(20.0, clock)
    begun = clock.now
    for gap in gaps:
        clock.now += gap + rations.wait_s("a")

    assert len(gaps) <= 20.0 * (clock.now - begun) + 20.0 + 1e-6


def test_several_count_as_many_and_more_may_come_at_once_where_that_was_said() -> None:
    clock = Clock()
    rations = Rations(10.0, clock, at_once_s=3.0)

    assert rations.wait_s(b"key", 30) == 0.0
    assert 0.49 < rations.wait_s(b"key", 5) < 0.51
    clock.now += 1.5
    assert rations.wait_s(b"key", 10) == 0.0
