"""How long a datagram takes, and whether it arrives: models of the network between hosts."""

import random
from array import array
from collections.abc import Sequence
from math import erf, exp, sqrt
from pathlib import Path
from typing import Final, Protocol

from seattle_p2p.errors import BadPlan
from seattle_p2p.sim.geography import (
    HOME_JITTER,
    SEATTLE,
    WIRED_JITTER,
    Geography,
    draw_place,
    quantile,
)
from seattle_p2p.sim.streams import Streams

NS_PER_MS: Final = 1_000_000
_SHORTEST_NS: Final = 50_000
"""Nobody is nearer than 50 µs: two machines on one switch."""

_TABLE: Final = 4096
"""Residuals and jitter are drawn once into tables of this size; a power of two."""
_TILTS: Final = 1023
"""Directions of a pair are tilted by so many steps; one less than a power of two."""

_ONE_WAY_SPREAD: Final = 0.05
"""The two directions of a pair differ by up to this share of half the round trip."""

_SWING_NS: Final = 15 * 1_000_000_000
_SWING_CORRELATION: Final = 0.82
_MOST_SWINGS: Final = 1 << 20
"""Pairs whose swing is remembered; beyond it all begin anew."""


class Latency(Protocol):
    """How long a datagram takes from one host to another."""

    constant_ns: int | None
    """The delay when it is one and the same for all; None otherwise."""

    def grow(self, count: int) -> None:
        """Be ready for hosts numbered 0 to count - 1."""
        ...

    def delay_ns(self, source: int, destination: int, now_ns: int) -> int:
        """One-way delay of a datagram sent now from host `source` to host `destination`."""
        ...

    def base_rtt_ns(self, source: int, destination: int) -> int:
        """Round trip of the pair without jitter: what stretch is measured against."""
        ...


class Constant:
    """Every datagram takes the same time; the fastest model, for questions about logic.

    Args:
        one_way_ms: Delay of every datagram.
    """

    def __init__(self, one_way_ms: float) -> None:
        self.constant_ns: int | None = max(round(one_way_ms * NS_PER_MS), 1)

    def grow(self, count: int) -> None:
        """Nothing to prepare."""

    def delay_ns(self, source: int, destination: int, now_ns: int) -> int:
        """The constant."""
        assert self.constant_ns is not None
        return self.constant_ns

    def base_rtt_ns(self, source: int, destination: int) -> int:
        """Twice the constant."""
        assert self.constant_ns is not None
        return 2 * self.constant_ns


class _Spot:
    """Where a host lies, and its parts in what is drawn for pairs: all in one place of memory.

    Args:
        host: Its number.
        place: In the plane, milliseconds.
        height: Milliseconds that each of its round trips takes more.
    """

    __slots__ = ("height", "higher", "lower", "receives", "sends", "x", "y")

    def __init__(self, host: int, place: complex, height: float) -> None:
        self.x = place.real
        self.y = place.imag
        self.height = height
        self.lower = (host * 0x9E3779B1 >> 7) & (_TABLE - 1)
        """Its part in what picks a pair's residual, when it is the lower number ..."""
        self.higher = (host * 0x85EBCA77 >> 7) & (_TABLE - 1)
        """... and the higher."""
        self.sends = (host * 0xC2B2AE3D >> 9) & _TILTS
        """Its part in what picks the tilt of a direction, when it sends ..."""
        self.receives = (host * 0x27D4EB2F >> 9) & _TILTS
        """... and when it receives."""


class Synthetic:
    """Hosts with places, drawn from fitted parameters; pairs keep their character for the run.

    Costs some 260 bytes a host, less when compiled; a pair's residual comes from a hash of the
    two numbers, not from storage.

    Args:
        geography: The parameters.
        streams: Where places and jitter are drawn from.
        scale: Multiplies every delay (1.5 for today's mobile links, say).
    """

    constant_ns: int | None = None

    def __init__(self, geography: Geography, streams: Streams, scale: float = 1.0) -> None:
        self._geography = geography
        self._spots: list[_Spot] = []
        self._rng = streams.stream("latency/places")
        self._draw = streams.stream("latency/jitter").random
        tables = streams.stream("latency/tables")
        self._residual = _table(geography.residual, tables, exponential=True)
        self._jitter = _table(geography.jitter, tables)
        self._to_ns = scale * NS_PER_MS

    def grow(self, count: int) -> None:
        """Give places to hosts up to number count - 1."""
        while len(self._spots) < count:
            place = draw_place(self._geography.clouds, self._rng)
            height = quantile(self._geography.heights, self._rng.random())
            self._spots.append(_Spot(len(self._spots), place, height))

    def base_rtt_ns(self, source: int, destination: int) -> int:
        """Round trip of the pair without jitter."""
        low, high = (source, destination) if source < destination else (destination, source)
        one, other = self._spots[low], self._spots[high]
        x, y = one.x - other.x, one.y - other.y
        rtt = sqrt(x * x + y * y) + one.height + other.height
        return int(rtt * self._residual[one.lower ^ other.higher] * self._to_ns)

    def delay_ns(self, source: int, destination: int, now_ns: int) -> int:
        """Half the round trip, tilted a little by direction, times the moment's jitter."""
        way = self._way(source, destination)
        base_ns = self.base_rtt_ns(source, destination)
        delay = int(base_ns * way * self._jitter[int(self._draw() * _TABLE)])
        return max(delay, _SHORTEST_NS)

    def _way(self, source: int, destination: int) -> float:
        """Share of the round trip that this direction takes."""
        tilt = self._spots[source].sends ^ self._spots[destination].receives
        return 0.5 + _ONE_WAY_SPREAD * (tilt / _TILTS - 0.5)

    def place(self, host: int) -> complex:
        """Where host number `host` lies in the plane, milliseconds: for maps."""
        spot = self._spots[host]
        return complex(spot.x, spot.y)


class Residential(Synthetic):
    """Personal devices at home: round trips swing widely, and slow periods last.

    Each pair's log ratio is an AR(1) process of 15 s steps, with the lag-one correlation
    that was measured (0.82) and the measured distribution of ratios.
    """

    def __init__(self, streams: Streams, scale: float = 1.0) -> None:
        super().__init__(SEATTLE, streams, scale)
        self._gauss = streams.stream("latency/swing").gauss
        self._swings: dict[int, tuple[int, float]] = {}

    def delay_ns(self, source: int, destination: int, now_ns: int) -> int:
        """Half the round trip times what the pair suffers from at the moment."""
        ratio = quantile(HOME_JITTER, _normal_share(self._swing(source, destination, now_ns)))
        delay = int(
            self.base_rtt_ns(source, destination) * self._way(source, destination) * ratio
        )
        return max(delay, _SHORTEST_NS)

    def _swing(self, source: int, destination: int, now_ns: int) -> float:
        low, high = (source, destination) if source < destination else (destination, source)
        pair, step = low << 32 | high, now_ns // _SWING_NS
        known = self._swings.get(pair)
        if known is None:
            if len(self._swings) >= _MOST_SWINGS:
                self._swings.clear()
            swing = self._gauss()
        elif known[0] == step:
            return known[1]
        else:
            kept = _SWING_CORRELATION ** (step - known[0])
            swing = kept * known[1] + (1 - kept * kept) ** 0.5 * self._gauss()
        self._swings[pair] = step, swing
        return swing


class Matrix:
    """Measured round trips; hosts are dealt to its rows at random, several to a row if need be.

    Args:
        rtt_ms: Square matrix, row by row; entries of 0 or less take the median instead.
        streams: Where the dealing and the jitter come from.
        scale: Multiplies every delay.
    """

    constant_ns: int | None = None

    def __init__(
        self, rtt_ms: Sequence[Sequence[float]], streams: Streams, scale: float = 1.0
    ) -> None:
        known = sorted(value for row in rtt_ms for value in row if value > 0)
        median = known[len(known) // 2]
        to_ns = scale * NS_PER_MS
        self._rows = [
            array("q", (int((value if value > 0 else median) * to_ns) for value in row))
            for row in rtt_ms
        ]
        self._dealt = array("l")
        self._rng = streams.stream("latency/places")
        self._draw = streams.stream("latency/jitter").random
        self._jitter = _table(WIRED_JITTER, streams.stream("latency/tables"))

    def grow(self, count: int) -> None:
        """Deal rows to hosts up to number count - 1."""
        while len(self._dealt) < count:
            self._dealt.append(self._rng.randrange(len(self._rows)))

    def base_rtt_ns(self, source: int, destination: int) -> int:
        """The measured round trip of the rows the two hosts were dealt."""
        return self._rows[self._dealt[source]][self._dealt[destination]]

    def delay_ns(self, source: int, destination: int, now_ns: int) -> int:
        """Half the round trip times the moment's jitter."""
        jitter = self._jitter[int(self._draw() * _TABLE)]
        delay = int(self.base_rtt_ns(source, destination) * 0.5 * jitter)
        return max(delay, _SHORTEST_NS)


def read_matrix(path: Path) -> list[list[float]]:
    """Read round trips in milliseconds from a CSV file without a header, a row per host.

    Raises:
        BadPlan: no such file, not a square of numbers, or nothing measured in it.
    """
    try:
        lines = path.read_text().split()
        rows = [[float(cell or 0) for cell in line.split(",")] for line in lines]
    except OSError as reason:
        raise BadPlan(f"cannot read latency matrix {path}: {reason.strerror}") from reason
    except ValueError as reason:
        raise BadPlan(
            f"latency matrix {path} holds something that is no number: {reason}"
        ) from reason
    if not rows or any(len(row) != len(rows) for row in rows):
        raise BadPlan(
            f"latency matrix {path} is not square", hint="one row and one column per host"
        )
    if not any(value > 0 for row in rows for value in row):
        raise BadPlan(f"latency matrix {path} holds no round trip above 0 ms")
    return rows


class Loss(Protocol):
    """Whether the network loses a datagram by itself."""

    def lost(self, source: int, destination: int) -> bool:
        """Decide for the next datagram of the pair."""
        ...


class Bernoulli:
    """Every datagram is lost with one probability, each by itself.

    Args:
        probability: 0 to 1.
    """

    def __init__(self, probability: float, streams: Streams) -> None:
        self._probability = probability
        self._draw = streams.stream("loss").random

    def lost(self, source: int, destination: int) -> bool:
        """Toss the coin."""
        return self._draw() < self._probability


class GilbertElliott:
    """Losses in bursts: a host's line is good or bad, and changes as datagrams leave it.

    Args:
        to_bad: Probability, per datagram, that a good line turns bad.
        to_good: Probability that a bad one recovers.
        bad_loss: Share lost while the line is bad; a good line loses nothing.
    """

    def __init__(
        self, to_bad: float, to_good: float, bad_loss: float, streams: Streams
    ) -> None:
        self._to_bad, self._to_good, self._bad_loss = to_bad, to_good, bad_loss
        self._bad: set[int] = set()
        self._draw = streams.stream("loss").random

    def lost(self, source: int, destination: int) -> bool:
        """Move the sender's line on by one datagram, then toss the coin of its state."""
        if source in self._bad:
            if self._draw() < self._to_good:
                self._bad.discard(source)
        elif self._draw() < self._to_bad:
            self._bad.add(source)
        return source in self._bad and self._draw() < self._bad_loss


def _table(
    points: Sequence[tuple[float, float]], rng: random.Random, *, exponential: bool = False
) -> list[float]:
    values = [quantile(points, (slot + 0.5) / _TABLE) for slot in range(_TABLE)]
    rng.shuffle(values)
    return [exp(value) for value in values] if exponential else values


def _normal_share(value: float) -> float:
    return 0.5 * (1 + erf(value / 2**0.5))
