"""A donor's books: is what was given still all there, and who did what with it."""

import contextlib

import msgspec

from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.trail import AuditEntry
from seattle_p2p.vessel.resources import COUNTED, RENEWABLE
from seattle_p2p.vessel.restrictions import parse_restrictions


class Entry(msgspec.Struct, frozen=True):
    """One resource: what vessels have of it, what their offcuts cost, what the donor gave."""

    resource: str
    vessels: float
    offcuts: float
    granted: float

    @property
    def balanced(self) -> bool:
        """Whether what was given away is what was granted."""
        # Both are sums of whole millionths; nothing finer can differ.
        return round((self.vessels + self.offcuts - self.granted) * 1e6) == 0


class Books(msgspec.Struct, frozen=True):
    """All of it, and how it differs from the grant, in words."""

    vessels: int
    entries: list[Entry]
    problems: list[str]


def check_books(home: DonorHome) -> Books:
    """Add up what is given away; a node manager may run meanwhile.

    Raises:
        InstallError: nothing is installed there.
        LedgerError: the ledger is damaged.
    """
    home.require_installed()
    with contextlib.closing(Ledger(home.ledger, create=False)) as ledger:
        settings, found = ledger.settings(), ledger.sum()
    granted = parse_restrictions(settings.granted)
    offcut = parse_restrictions(settings.offcut)
    entries = []
    for name in (*RENEWABLE, *COUNTED):
        cost = offcut.amount(name) * found.vessels
        total = found.total.amount(name)
        if total or granted.amount(name):
            entries.append(Entry(name, total - cost, cost, granted.amount(name)))
    return Books(found.vessels, entries, found.problems(granted))


def read_trail(home: DonorHome, limit: int) -> list[AuditEntry]:
    """The newest `limit` entries of who did what, oldest of them first; errors as above."""
    home.require_installed()
    with contextlib.closing(Ledger(home.ledger, create=False)) as ledger:
        return ledger.trail.newest(limit)
