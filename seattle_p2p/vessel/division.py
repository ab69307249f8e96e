"""Splitting and joining vessels, and the law both obey. Pure.

**Conservation:** what all vessels have, plus one offcut for each, is what the donor gave.
A split makes a vessel more and so costs an offcut; a join gives one back. Ports are divided and
united, never shared.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seattle_p2p.errors import InternalError, UsageError
from seattle_p2p.vessel.resources import COUNTED, PORTS, RENEWABLE, Resources
from seattle_p2p.vessel.restrictions import parse_restrictions
from seattle_p2p.wire.limits import MAX_PARTS


@dataclass(frozen=True)
class Sum:
    """All that is given away on one node: amounts with offcuts, and every port once."""

    total: Resources
    vessels: int

    def problems(self, granted: Resources) -> list[str]:
        """How the sum differs from what the donor gave, in words; empty when it does not.

        Ports are not compared: they are handed out apart from the grant.
        """
        return [
            f"{name}: {self.total.amount(name):g} is given away, {granted.amount(name):g}"
            " was granted"
            for name in (*RENEWABLE, *COUNTED)
            if self.total.amount(name) != granted.amount(name)
        ]


def sum_of(vessels: Iterable[Resources], offcut: Resources) -> Sum:
    """Add everything up.

    Raises:
        InternalError: two vessels have a port in common.
    """
    total, count = Resources(), 0
    for vessel in vessels:
        for name in PORTS:
            shared = total.ports(name) & vessel.ports(name)
            if shared:
                raise InternalError(f"two vessels have {name} {min(shared)}")
        total, count = total.plus(vessel).plus(offcut), count + 1
    return Sum(total, count)


def divide(whole: Resources, requested: Sequence[Resources], offcut: Resources) -> Resources:
    """What is left of `whole` after cutting out `requested`, an offcut for each cut.

    Raises:
        OutOfResources: it does not fit; names the resource with both numbers.
        UsageError: nothing is requested.
    """
    if not requested:
        raise UsageError("a split needs at least one part")
    left = whole
    for _ in requested:
        left = left.minus(offcut)
    for part in requested:
        left = left.minus(part)
    return left


def unite(parts: Sequence[Resources], offcut: Resources) -> Resources:
    """All parts in one, with the offcuts that their cuts had cost.

    Raises:
        UsageError: fewer than two.
    """
    if len(parts) < 2:
        raise UsageError("a join needs at least two vessels")
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.join(part, offcut)
    return whole


def equal_parts(whole: Resources, count: int, offcut: Resources) -> list[Resources]:
    """What to request so that `count` vessels as equal as can be come out of a split.

    Raises:
        UsageError: `count` is not 2 to 16.
        OutOfResources: the offcuts alone do not fit.
    """
    if not 2 <= count <= MAX_PARTS:
        raise UsageError(
            f"a vessel is split into 2 to {MAX_PARTS}, not {count}",
            hint="take a number in between; parts can be split again",
        )
    shared = whole
    for _ in range(count - 1):
        shared = shared.minus(offcut)
    return [_part(shared, number, count) for number in range(count - 1)]


def keeping(whole: Resources, percent: int, offcut: Resources) -> list[Resources]:
    """What to request so that `percent` of a vessel stays as the leftover of a split.

    Raises:
        UsageError: `percent` is not 1 to 99.
        OutOfResources: the offcut does not fit.
    """
    if not 1 <= percent <= 99:
        raise UsageError(
            f"1 to 99 percent of a vessel can be kept, not {percent}",
            hint="take a whole number in between",
        )
    return whole.minus(offcut).divide([100 - percent, percent])[:1]


def total_of(restrictions: Iterable[str], offcut: str) -> Sum:
    """`sum_of` for restrictions texts; an empty `offcut` is nothing."""
    cost = parse_restrictions(offcut) if offcut else Resources()
    return sum_of((parse_restrictions(text) for text in restrictions), cost)


def _part(whole: Resources, number: int, count: int) -> Resources:
    """One of `count` parts that add up to `whole`, whatever does not divide evenly."""

    def cut(amount: int) -> int:
        return amount * (number + 1) // count - amount * number // count

    runs = []
    for name in PORTS:
        ports = sorted(whole.ports(name))
        begin, end = len(ports) * number // count, len(ports) * (number + 1) // count
        runs.append(frozenset(ports[begin:end]))
    return Resources({n: cut(q) for n, q in whole.quantities.items()}, runs[0], runs[1])
