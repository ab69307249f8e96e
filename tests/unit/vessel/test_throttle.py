"""CPU shares, with a make-believe machine: over time the share is kept, stops stay short."""

import pytest

from seattle_p2p.vessel.throttle import LONGEST_IDLE_LOOK_S, MOST_UNSEEN_S, Throttle


class Machine:
    """Runs a program that uses `cores` whenever it is let, for so many seconds."""

    def __init__(self, share: float, cores: float = 1.0) -> None:
        self.now, self.used = 100.0, 0.0
        self.cores = cores
        self.throttle = Throttle(share, self.now)
        self.longest_stop = 0.0
        self.looks = 0

    def run(self, seconds: float) -> float:
        begun, used = self.now, self.used
        while self.now < begun + seconds:
            decision = self.throttle.look(self.now, self.used, threads=2)
            self.longest_stop = max(self.longest_stop, decision.stop_s)
            self.looks += 1
            self.now += decision.stop_s + decision.run_s
            self.used += self.cores * decision.run_s
        return (self.used - used) / (self.now - begun)


@pytest.mark.parametrize("cores", [1.0, 2.0])
@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 0.9])
def test_a_program_that_never_rests_keeps_to_its_share(share, cores):
    machine = Machine(share, cores)
    machine.run(5)

    assert machine.run(20) == pytest.approx(share, rel=0.05)


@pytest.mark.parametrize(("share", "longest"), [(0.02, 1.0), (0.1, 0.2), (0.5, 0.2)])
def test_stops_stay_short_even_after_a_burst(share, longest):
    machine = Machine(share)
    machine.used += 0.5  # seen too late
    machine.run(30)

    assert machine.longest_stop <= longest


@pytest.mark.parametrize("share", [0.002, 0.005, 0.02, 0.05])
def test_small_shares_are_not_spent_on_looking(share):
    machine = Machine(share)
    machine.run(5)
    before = machine.looks
    machine.run(20)

    # A look, and going on after it, cost the keeper a quarter of a millisecond together.
    assert (machine.looks - before) / 20 * 0.00025 <= 0.2 * share


def test_a_program_below_its_share_is_never_stopped():
    machine = Machine(0.5, cores=0.3)
    machine.run(20)

    assert machine.longest_stop == 0


def test_a_program_that_sleeps_is_looked_at_ever_more_rarely():
    throttle = Throttle(0.1, 0.0)
    looks = []
    now = 0.0
    for _ in range(10):
        decision = throttle.look(now, 0.0)
        looks.append(decision.run_s)
        now += decision.run_s

    assert looks == sorted(looks)
    assert looks[-1] == LONGEST_IDLE_LOOK_S
    assert decision.cpu_s is not None
    assert decision.cpu_s > 0


@pytest.mark.parametrize("share", [0.02, 0.5, 4.0])
def test_a_quiet_program_is_looked_at_before_it_can_have_done_much(share):
    decision = Throttle(share, 0.0).look(1.0, 0.0)

    assert decision.cpu_s is not None
    assert 0 < decision.cpu_s <= MOST_UNSEEN_S
