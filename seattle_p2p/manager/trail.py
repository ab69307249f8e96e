"""Who did what on a node: a trail for its donor to read; no decision rests on it."""

from collections.abc import Callable
from dataclasses import dataclass

from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.database import Database
from seattle_p2p.wire.limits import AUDIT_ENTRIES

_ROOM_EVERY = 100
"""Entries between two looks whether the oldest must go."""


@dataclass(frozen=True)
class AuditEntry:
    """Who did what, and what came of it; `at` is seconds of the wall clock, for people."""

    number: int
    at: float
    person: PublicKey
    action: str
    vessel: str
    outcome: str


class AuditTrail:
    """The latest `AUDIT_ENTRIES` entries; a part of the ledger, and of its transactions.

    An entry alone does not wait for the disk: no decision rests on it.

    Args:
        database: The ledger's.
        wall: Seconds of the wall clock.
    """

    def __init__(self, database: Database, wall: Callable[[], float]) -> None:
        self._database = database
        self._wall = wall

    def record(self, person: PublicKey, action: str, vessel: str, outcome: str) -> None:
        """Add an entry; of those beyond the latest the oldest make room."""
        with self._database.transaction(sync=False):
            number = self._database.execute(
                "INSERT INTO audit (at, person, action, vessel, outcome)"
                " VALUES (?, ?, ?, ?, ?)",
                (self._wall(), person.raw, action, vessel, outcome),
            ).lastrowid
            assert number is not None
            if number % _ROOM_EVERY == 0:
                self._database.execute(
                    "DELETE FROM audit WHERE number <= ?", (number - AUDIT_ENTRIES,)
                )

    def newest(self, limit: int = AUDIT_ENTRIES) -> list[AuditEntry]:
        """The newest entries, oldest of them first."""
        rows = self._database.execute(
            "SELECT number, at, person, action, vessel, outcome FROM audit"
            " ORDER BY number DESC LIMIT ?",
            (min(limit, AUDIT_ENTRIES),),
        ).fetchall()
        return [AuditEntry(row[0], row[1], PublicKey(row[2]), *row[3:]) for row in rows[::-1]]
