"""Moments as people write them: ``90``, ``5m``, ``1h30m``, ``14:30``, ``2026-03-01 14:30``."""

import re
import time
from datetime import datetime, timedelta

from seattle_p2p.errors import UsageError

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?[smhdw])+\Z")
_PIECE = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhdw])")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?\Z")


def seconds_since(text: str, now: float) -> float:
    """How many seconds ago the moment was that somebody wrote.

    Args:
        text: A duration (a number alone is seconds), a time of day (the last such), or a date
            and time as of ISO 8601; without a zone it is this machine's.
        now: Seconds since 1970.

    Raises:
        UsageError: it is none of these, or still to come.
    """
    written = text.strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", written):
        return float(written)
    if _DURATION.match(written):
        return _sum_of(written)
    moment = _of_day(written, now) or _of_date(written)
    if moment is None:
        raise UsageError(
            f"{text!r} is no time",
            hint="a duration (90s, 5m, 1h30m), a time (14:30) or a date (2026-03-01 14:30)",
        )
    if moment > now:
        raise UsageError(f"{text!r} is still to come", hint="give a time in the past")
    return now - moment


def parse_duration(text: str) -> float:
    """Seconds of a time such as ``90s``, ``30m``, ``1h30m`` or ``2d``.

    Raises:
        UsageError: of another form, or no time at all.
    """
    seconds = _sum_of(text) if _DURATION.match(text) else 0.0
    if not seconds:
        raise UsageError(f"{text!r} is no time", hint="e.g. 90s, 30m, 1h30m, 2d")
    return seconds


def _sum_of(duration: str) -> float:
    return sum(float(count) * _UNITS[unit] for count, unit in _PIECE.findall(duration))


def _of_day(text: str, now: float) -> float | None:
    found = _CLOCK.match(text)
    if found is None:
        return None
    here = datetime.fromtimestamp(now).astimezone()
    hour, minute, second = (int(part or 0) for part in found.groups())
    today = here.replace(hour=hour, minute=minute, second=second, microsecond=0)
    return (today if today <= here else today - timedelta(days=1)).timestamp()


def _of_date(text: str) -> float | None:
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except (ValueError, OverflowError):
        return None


def time_of_day(moment: float | None) -> str:
    """``14:30:05.123`` by this machine's zone; as wide for an unknown moment."""
    if moment is None:
        return "--:--:--.---"
    return time.strftime("%H:%M:%S", time.localtime(moment)) + f".{int(moment % 1 * 1000):03}"
