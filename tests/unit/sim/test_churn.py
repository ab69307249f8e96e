"""Sessions and absences of simulated machines."""

import random

import pytest

from seattle_p2p.sim.churn import PRESETS, Habit, residual_s


@pytest.mark.parametrize("name", PRESETS)
def test_the_habits_of_a_preset_cover_everybody(name):
    assert sum(habit.share for habit in PRESETS[name]) == pytest.approx(1)


def test_who_is_met_at_random_stays_longer_than_a_fresh_session():
    rng = random.Random(3)
    habit = Habit(1.0, shape=0.5, scale_s=1000)

    fresh = sum(rng.weibullvariate(1000, 0.5) for _ in range(5000)) / 5000
    left = sum(residual_s(habit, rng) for _ in range(5000)) / 5000

    assert left > 1.3 * fresh
