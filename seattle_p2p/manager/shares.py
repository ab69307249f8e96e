"""Giving more or less of a machine later, without installing again.

Every vessel keeps its part of the whole: what was a tenth of the gift is a tenth of the new
one. Ports stay as they are. Nothing is gained or lost on the way: vessels and their offcuts add
up to the new grant exactly, or nothing is changed.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import msgspec

from seattle_p2p.errors import InstallError, InternalError, OutOfResources
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.install import require_percent
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.machine import LEAST
from seattle_p2p.vessel.resources import COUNTED, RENEWABLE, Resources, to_quantity
from seattle_p2p.vessel.restrictions import format_restrictions, parse_restrictions

NETWORK = ("netsend", "netrecv")
FIXED = ("events", *NETWORK)
"""Not measured on the machine, so that a percent of it means nothing: given as they are."""


@dataclass(frozen=True)
class Shared:
    """A share that was changed.

    Args:
        before, percent: Of the machine, before and now.
        vessels: Name and new amounts of each vessel.
    """

    before: float
    percent: float
    vessels: tuple[tuple[str, Resources], ...]


def change_share(
    home: DonorHome, percent: float, *, network_bytes_per_s: int | None = None
) -> Shared:
    """Give `percent` of the machine from now on; a node manager may run meanwhile.

    Programs that run keep what they have until they are started the next time.

    Args:
        network_bytes_per_s: What all vessels may send, and receive; None: as before.

    Raises:
        InstallError: nothing is installed, or the share is too small for its vessels.
        UsageError: the percent makes no sense.
        LedgerError: the ledger is damaged.
    """
    home.require_installed()
    require_percent(percent)
    with contextlib.closing(Ledger(home.ledger, create=False)) as ledger, ledger.transaction():
        settings, rows = ledger.settings(), ledger.vessels()
        granted = _scaled(parse_restrictions(settings.granted), percent, settings.percent)
        if network_bytes_per_s is not None:
            granted = _with_network(granted, network_bytes_per_s)
        offcut = parse_restrictions(settings.offcut)
        vessels = [parse_restrictions(row.restrictions) for row in rows]
        amounts = _dealt(granted, offcut, vessels)
        for row, amount in zip(rows, amounts, strict=True):
            ledger.change_restrictions(row.name, format_restrictions(amount))
        ledger.save_settings(
            msgspec.structs.replace(
                settings, percent=percent, granted=format_restrictions(granted)
            )
        )
        if problems := ledger.sum().problems(granted):
            raise InternalError(f"nothing was changed: {problems[0]}")
    names = (row.name for row in rows)
    return Shared(settings.percent, percent, tuple(zip(names, amounts, strict=True)))


def _scaled(granted: Resources, percent: float, before: float) -> Resources:
    factor = Fraction(str(percent)) / Fraction(str(before))
    return Resources(
        {
            name: amount if name in FIXED else int(amount * factor)
            for name, amount in granted.quantities.items()
        }
    )


def _with_network(granted: Resources, bytes_per_s: int) -> Resources:
    network = {name: to_quantity(name, bytes_per_s) for name in NETWORK}
    return Resources({**granted.quantities, **network})


def _dealt(
    granted: Resources, offcut: Resources, vessels: Sequence[Resources]
) -> list[Resources]:
    """`granted` without the offcuts, cut in the proportion of what vessels have now.

    The least that a program needs goes first: rounding starves nobody, however often shares
    are changed.

    Raises:
        InstallError: not even that is there for all of them.
    """
    try:
        left = granted
        for _ in vessels:
            left = left.minus(offcut).minus(LEAST)
    except OutOfResources as reason:
        raise InstallError(
            f"this share is too small for {len(vessels)} vessels ({reason.message})",
            hint="give more, or ask the owners to join some of their vessels",
        ) from reason
    parts = {}
    for name in (*RENEWABLE, *COUNTED):
        least = LEAST.quantities.get(name, 0)
        have = [max(vessel.quantities.get(name, 0) - least, 0) for vessel in vessels]
        parts[name] = [least + part for part in _cut(left.quantities.get(name, 0), have)]
    return [
        Resources({name: parts[name][i] for name in parts}, vessel.messport, vessel.connport)
        for i, vessel in enumerate(vessels)
    ]


def _cut(whole: int, weights: Sequence[int]) -> list[int]:
    """`whole` in parts that are as the weights are, and add up to it exactly."""
    total = sum(weights)
    if not total:
        return [whole, *(0 for _ in weights[1:])] if weights else []
    parts, begun, passed = [], 0, 0
    for weight in weights:
        passed += weight
        end = whole * passed // total
        parts.append(end - begun)
        begun = end
    return parts
