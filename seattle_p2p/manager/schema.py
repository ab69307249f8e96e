"""Layout of the ledger's tables, as numbered steps from one version to the next.

A step is never edited once released; a new one is added. `user_version` says which were taken.
"""

import sqlite3
from collections.abc import Callable, Sequence

from seattle_p2p.errors import LedgerError


def _first(database: sqlite3.Connection) -> None:
    for statement in (
        "CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
        "CREATE TABLE counters (name TEXT PRIMARY KEY, value REAL NOT NULL) STRICT",
        """CREATE TABLE vessels (
            number INTEGER PRIMARY KEY,
            owner BLOB NOT NULL CHECK (length(owner) = 32),
            information TEXT NOT NULL DEFAULT '',
            advertise INTEGER NOT NULL DEFAULT 1,
            keep_running INTEGER NOT NULL DEFAULT 0,
            restrictions TEXT NOT NULL,
            generation INTEGER NOT NULL DEFAULT 0,
            run TEXT
        ) STRICT""",
        """CREATE TABLE users (
            vessel INTEGER NOT NULL REFERENCES vessels (number) ON DELETE CASCADE,
            place INTEGER NOT NULL,
            person BLOB NOT NULL CHECK (length(person) = 32),
            PRIMARY KEY (vessel, place)
        ) STRICT, WITHOUT ROWID""",
        """CREATE TABLE commands (
            id BLOB PRIMARY KEY,
            sender BLOB NOT NULL,
            digest BLOB NOT NULL,
            vessel TEXT NOT NULL,
            action BLOB NOT NULL,
            outcome BLOB,
            lived_s REAL NOT NULL
        ) STRICT, WITHOUT ROWID""",
        "CREATE INDEX commands_by_age ON commands (lived_s)",
        "CREATE INDEX commands_by_sender ON commands (sender)",
        "CREATE INDEX commands_unsettled ON commands (id) WHERE outcome IS NULL",
        """CREATE TABLE audit (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            at REAL NOT NULL,
            person BLOB NOT NULL,
            action TEXT NOT NULL,
            vessel TEXT NOT NULL,
            outcome TEXT NOT NULL
        ) STRICT""",
        "INSERT INTO counters VALUES ('next_vessel', 1), ('lived_s', 0)",
    ):
        database.execute(statement)


def _security_layers(database: sqlite3.Connection) -> None:
    database.execute(
        """CREATE TABLE layers (
            vessel INTEGER NOT NULL REFERENCES vessels (number) ON DELETE CASCADE,
            place INTEGER NOT NULL,
            name TEXT NOT NULL,
            text BLOB NOT NULL,
            PRIMARY KEY (vessel, place)
        ) STRICT"""
    )


STEPS: Sequence[Callable[[sqlite3.Connection], None]] = (_first, _security_layers)
"""Step n leads from version n to n + 1."""


def migrate(database: sqlite3.Connection) -> None:
    """Bring the tables to the newest version, each step whole or not at all.

    Raises:
        LedgerError: written by a newer version of the program.
    """
    found = database.execute("PRAGMA user_version").fetchone()[0]
    if found > len(STEPS):
        raise LedgerError(
            f"the ledger is of version {found}, this program knows {len(STEPS)}",
            hint="install the newer seattle-p2p that wrote it",
        )
    for version in range(found, len(STEPS)):
        database.execute("BEGIN IMMEDIATE")
        try:
            # Another process may have been faster between the look and the lock.
            if database.execute("PRAGMA user_version").fetchone()[0] == version:
                STEPS[version](database)
                database.execute(f"PRAGMA user_version = {version + 1}")
            database.execute("COMMIT")
        except BaseException:
            database.execute("ROLLBACK")
            raise
