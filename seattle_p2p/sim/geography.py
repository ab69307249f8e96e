"""Places of hosts and lengths of lines, fitted to measured round trips.

Hosts lie in a plane and have a height, their access line. A round trip is
``(|x_i − x_j| + h_i + h_j) · exp(r)`` milliseconds, r a lasting residual of the pair. Two
presets: `PLANETLAB` was fitted to 490 wired hosts (Zhu et al., IEEE/ACM ToN, 2017), `SEATTLE`
to the personal devices and lab hosts of the Seattle testbed (same source, and Eittenberger et
al., NGI 2012). `HOME_JITTER` is what single round trips of personal devices do over time.
"""

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

Quantiles: TypeAlias = tuple[tuple[float, float], ...]
"""(share, value) pairs, by rising share, from 0 to 1; in between linear."""


@dataclass(frozen=True)
class Cloud:
    """One component of a mixture of places: a weight, a mean, deviations, a correlation."""

    weight: float
    mean: tuple[float, float]
    sd: tuple[float, float]
    rho: float


@dataclass(frozen=True)
class Geography:
    """Fitted parameters of a synthetic latency model.

    Args:
        clouds: Mixture of places in the plane, milliseconds.
        heights: The access line's share, milliseconds.
        residual: Natural logarithm of the lasting deviation of a pair.
        jitter: Factor of a single datagram against its pair.
    """

    clouds: tuple[Cloud, ...]
    heights: Quantiles
    residual: Quantiles
    jitter: Quantiles


def _q(shares: str, values: str) -> Quantiles:
    pairs = zip(shares.split(), values.split(), strict=True)
    return tuple((float(share) / 100, float(value)) for share, value in pairs)


WIRED_JITTER = _q("0 5 50 95 99 99.9 100", "0.95 0.97 1 1.09 1.3 4.9 5")
HOME_JITTER = _q("0 1 10 50 75 90 95 99 99.9 100", "0.12 0.16 0.62 1 1.9 3.1 3.8 6.6 17.5 20")

PLANETLAB = Geography(
    clouds=(
        Cloud(0.41, (-50, -14), (26, 21), 0.65),
        Cloud(0.37, (68, 28), (7, 9), 0.41),
        Cloud(0.14, (-89, -38), (66, 150), -0.35),
        Cloud(0.08, (95, 5), (8, 13), 0.86),
    ),
    heights=_q("0 5 25 50 75 90 95 100", "0 0 0.2 3.5 15.6 40 86 211"),
    residual=_q("0 1 5 16 84 95 99 100", "-1.1 -0.97 -0.22 -0.097 0.097 0.21 0.41 0.5"),
    jitter=WIRED_JITTER,
)
SEATTLE = Geography(
    clouds=(
        Cloud(0.44, (2, -87), (13, 17), 0.04),
        Cloud(0.27, (-10, 46), (16, 11), 0.11),
        Cloud(0.20, (-33, 71), (51, 56), 0.93),
        Cloud(0.08, (100, 140), (78, 81), -0.75),
    ),
    heights=_q("0 5 25 50 75 90 95 100", "0 0.1 2.9 6.6 19.7 97 126 1163"),
    residual=_q("0 1 5 16 84 95 99 100", "-1.5 -1.38 -0.35 -0.151 0.151 0.45 0.95 1.1"),
    jitter=WIRED_JITTER,
)


def quantile(points: Sequence[tuple[float, float]], share: float) -> float:
    """Value at `share` (0 to 1) of a distribution that is known by some of its quantiles."""
    at = min(bisect_right(points, share, key=lambda point: point[0]), len(points) - 1)
    (low, from_value), (high, to_value) = points[at - 1], points[at]
    return from_value + (to_value - from_value) * (share - low) / (high - low)


def draw_place(clouds: Sequence[Cloud], rng: random.Random) -> complex:
    """A place out of the mixture: x is the real part, y the imaginary one."""
    cloud = rng.choices(clouds, weights=[cloud.weight for cloud in clouds])[0]
    first, second = rng.gauss(), rng.gauss()
    across = cloud.rho * first + (1 - cloud.rho**2) ** 0.5 * second
    return complex(cloud.mean[0] + cloud.sd[0] * first, cloud.mean[1] + cloud.sd[1] * across)
