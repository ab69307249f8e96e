"""One challenge a connection, numbers that rise by one: examples, and attempts of any kind."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from seattle_p2p.errors import StaleMessage
from seattle_p2p.manager.challenges import Line
from seattle_p2p.wire.limits import CHALLENGE_IDLE_S


def a_line(challenge: bytes = b"c" * 16) -> Line:
    line = Line(0.0)
    line.begin(challenge, 0.0)
    return line


def accepts(line: Line, challenge: bytes, number: int, now_s: float) -> bool:
    try:
        line.spend(challenge, number, now_s)
    except StaleMessage:
        return False
    return True


def test_numbers_rise_by_exactly_one() -> None:
    line = a_line()

    assert [accepts(line, b"c" * 16, number, 0.0) for number in (0, 1, 2)] == [True] * 3


@pytest.mark.parametrize("number", [0, 2, 7])
def test_another_number_than_the_next_ends_the_challenge(number: int) -> None:
    line = a_line()
    line.spend(b"c" * 16, 0, 0.0)

    assert not accepts(line, b"c" * 16, number, 0.0)
    assert not accepts(line, b"c" * 16, 1, 0.0)


def test_a_foreign_challenge_leaves_the_own_one_alive() -> None:
    line = a_line()

    assert not accepts(line, b"x" * 16, 0, 0.0)
    assert accepts(line, b"c" * 16, 0, 0.0)


def test_a_challenge_dies_when_it_idles_for_a_minute() -> None:
    line = a_line()
    line.spend(b"c" * 16, 0, 0.0)

    assert accepts(line, b"c" * 16, 1, CHALLENGE_IDLE_S)
    assert not accepts(line, b"c" * 16, 2, 2 * CHALLENGE_IDLE_S + 0.1)


def test_the_end_of_a_long_answer_counts_as_use() -> None:
    line = a_line()
    line.spend(b"c" * 16, 0, 0.0)
    line.touch(500.0)

    assert accepts(line, b"c" * 16, 1, 501.0)


def test_nothing_is_accepted_without_a_challenge_or_after_the_end() -> None:
    assert not accepts(Line(0.0), b"", 0, 0.0)
    line = a_line()
    line.close()
    assert not accepts(line, b"c" * 16, 0, 0.0)


class ManyLines(RuleBasedStateMachine):
    """Some connections, honest and dishonest attempts in any order.

    A number is never used twice; what a client sends in order is always accepted.
    """

    @initialize()
    def connect(self) -> None:
        self.now = 0.0
        self.lines = [a_line(bytes([n]) * 16) for n in range(3)]
        self.next: list[int | None] = [0, 0, 0]
        self.used = [0.0, 0.0, 0.0]
        self.spent: set[tuple[bytes, int]] = set()

    @rule(which=st.integers(0, 2))
    def send_the_next(self, which: int) -> None:
        number = self.next[which]
        alive = number is not None and self.now - self.used[which] <= CHALLENGE_IDLE_S
        accepted = self._try(which, bytes([which]) * 16, number or 0)
        assert accepted == alive
        self.next[which] = number + 1 if alive and number is not None else None
        self.used[which] = self.now

    @rule(which=st.integers(0, 2), whose=st.integers(0, 2), number=st.integers(0, 6))
    def send_anything(self, which: int, whose: int, number: int) -> None:
        if which == whose and number == self.next[which]:
            return
        assert not self._try(which, bytes([whose]) * 16, number)
        if which == whose:
            self.next[which] = None

    @rule(seconds=st.floats(0.0, 90.0))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    def _try(self, which: int, challenge: bytes, number: int) -> bool:
        accepted = accepts(self.lines[which], challenge, number, self.now)
        if accepted:
            assert (challenge, number) not in self.spent
            self.spent.add((challenge, number))
        return accepted


TestManyLines = ManyLines.TestCase
