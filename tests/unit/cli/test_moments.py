import time

import pytest

from seattle_p2p.cli.moments import seconds_since, time_of_day
from seattle_p2p.errors import UsageError

NOW = time.mktime((2026, 3, 1, 14, 30, 0, 0, 0, -1))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("1.5", 1.5),
        ("90s", 90),
        ("5m", 300),
        ("1h30m", 5400),
        ("2d", 172_800),
        ("14:29", 60),
        ("14:29:30", 30),
        ("14:31", 86_400 - 60),
        ("2026-03-01 14:00", 1800),
        ("2026-03-01T14:00:00", 1800),
    ],
)
def test_moments_are_understood_as_people_write_them(text, seconds):
    assert seconds_since(text, NOW) == seconds


def test_a_zone_is_heeded():
    assert seconds_since("1970-01-01T00:00:00+00:00", NOW) == NOW


@pytest.mark.parametrize("text", ["", "soon", "5x", "25:00", "-5", "2026-13-01", "2030-01-01"])
def test_what_is_no_moment_in_the_past_is_refused_with_a_next_step(text):
    with pytest.raises(UsageError) as caught:
        seconds_since(text, NOW)

    assert caught.value.hint


def test_a_time_of_day_is_as_wide_as_an_unknown_one():
    assert time_of_day(NOW + 5.25).endswith(":30:05.250")
    assert len(time_of_day(NOW)) == len(time_of_day(None))
