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
