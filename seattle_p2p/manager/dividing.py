"""Splitting and joining vessels of the ledger, so that nothing is gained or lost.

The arithmetic is `vessel/division.py`'s; who may is `authorise`'s.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from seattle_p2p.errors import InternalError, UsageError
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.vessel_rows import VesselRow
from seattle_p2p.vessel.division import divide, unite
from seattle_p2p.vessel.resources import Resources
from seattle_p2p.vessel.restrictions import format_restrictions, parse_restrictions


def split_vessel(
    ledger: Ledger, name: str, requested: Sequence[Resources]
) -> tuple[list[VesselRow], VesselRow]:
    """Cut vessels out of one, which is no more; the requested ones, then the leftover.

    All have its owner, users, label, advertising and layers, and nothing in them.

    Raises:
        OutOfResources: it does not fit; nothing was changed.
    """
    with ledger.transaction(), _conserving(ledger) as offcut:
        row = ledger.vessel(name)
        left = divide(parse_restrictions(row.restrictions), requested, offcut)
        made = [_heir(ledger, row, part) for part in (*requested, left)]
        ledger.remove_vessel(name)
        return made[:-1], made[-1]


def join_vessels(ledger: Ledger, names: Sequence[str]) -> VesselRow:
    """One vessel of several of one owner; users, label and layers of the first, too.

    Raises:
        UsageError: fewer than two, one of them twice, or of different owners.
    """
    with ledger.transaction(), _conserving(ledger) as offcut:
        rows = [ledger.vessel(name) for name in names]
        if len(set(names)) < len(names):
            raise UsageError("a vessel cannot be joined with itself")
        if len({row.owner for row in rows}) > 1:
            raise UsageError("only vessels of one owner can be joined")
        whole = unite([parse_restrictions(row.restrictions) for row in rows], offcut)
        made = _heir(ledger, rows[0], whole)
        for name in names:
            ledger.remove_vessel(name)
        return made


def _heir(ledger: Ledger, row: VesselRow, amounts: Resources) -> VesselRow:
    made = ledger.add_vessel(
        row.owner,
        format_restrictions(amounts),
        users=row.users,
        information=row.information,
        advertise=row.advertise,
    )
    if row.layers:
        ledger.change_layers(made.name, ledger.layers(row.name))
    return made


@contextmanager
def _conserving(ledger: Ledger) -> Iterator[Resources]:
    """Nothing is gained or lost by what happens inside, or it does not happen.

    Gives what one cut costs.
    """
    before, offcut = ledger.sum(), ledger.settings().offcut
    yield parse_restrictions(offcut) if offcut else Resources()
    if ledger.sum().total != before.total:
        raise InternalError("resources would be gained or lost; nothing was changed")
