"""The SQLite file under the ledger: opened with care, changed as a whole, told in words."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from seattle_p2p.errors import LedgerError
from seattle_p2p.manager.schema import migrate

AGE_STEP_S = 1.0
"""The age is written down when it has grown by so much: what a crash may take from it."""

_TOLD = (sqlite3.DatabaseError, msgspec.MsgspecError, OSError)


class Database:
    """One file in WAL mode; what was committed is on the disk after `sync`.

    SQLite itself waits for the disk only where its file would be damaged otherwise
    (`synchronous=NORMAL`): a crash of the machine takes the latest commits, never one from the
    middle. So one `sync` keeps all that was committed before it, however many that were.

    Args:
        path: Made when it is missing and `create` is set.
        clock: Monotonic seconds.

    Attributes:
        epoch: Another number whenever what was read before may not be true any more because
            another process wrote, or a transaction was rolled back.
    """

    def __init__(self, path: Path, *, create: bool, clock: Callable[[], float]) -> None:
        self.path = path
        self.epoch = 0
        self._clock = clock
        self._born = clock()
        self._lived_before = 0.0
        self._written_s = 0.0
        self._inside = False
        self._version = 0
        self._wal = -1
        self._wal_lock = threading.Lock()
        if not create and not path.exists():
            raise LedgerError(f"there is no ledger at {path}", hint=self._way_out)
        with self.words():
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        try:
            if not create:
                self._require_content()
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Write the age down and let go of the file."""
        try:
            with self.transaction(sync=False):
                self._write_age()
        finally:
            with self._wal_lock:
                if self._wal >= 0:
                    os.close(self._wal)
                    self._wal = -1
            self._connection.close()

    def execute(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        """Run one statement. Raises `LedgerError`."""
        try:
            return self._connection.execute(statement, values)
        except _TOLD as reason:
            raise self._in_words(reason) from reason

    def execute_many(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each of `rows`. Raises `LedgerError`."""
        with self.words():
            self._connection.executemany(statement, rows)

    @contextmanager
    def transaction(self, *, sync: bool = True) -> Iterator[None]:
        """All changes made inside happen together, or none does; may be nested.

        Args:
            sync: Wait for the disk at the end; else the caller says `sync` before anybody is
                told. Of nested ones the outermost decides.

        Raises:
            LedgerError: the file or the disk refuses; nothing was changed.
        """
        if self._inside:
            yield
            return
        self.execute("BEGIN IMMEDIATE")
        self._inside = True
        self.refresh()
        try:
            yield
            if self.lived_s - self._written_s >= AGE_STEP_S:
                self._write_age()
            self.execute("COMMIT")
        except BaseException:
            self.epoch += 1
            if self._connection.in_transaction:
                self.execute("ROLLBACK")
            raise
        finally:
            self._inside = False
        if sync:
            self.sync()

    def sync(self) -> None:
        """Return when all that was committed before is on the disk; from any thread.

        Raises:
            LedgerError: the disk refuses; what was committed may be lost with the machine.
        """
        # The file is there as long as our connection is, and SQLite holds no locks on it.
        with self.words():
            with self._wal_lock:
                if self._wal < 0:
                    self._wal = os.open(f"{self.path}-wal", os.O_RDONLY | os.O_CLOEXEC)
                own = os.dup(self._wal)
            try:
                os.fdatasync(own)
            finally:
                os.close(own)

    def _write_age(self) -> None:
        self._written_s = self.lived_s
        self.execute(
            "UPDATE counters SET value = max(value, ?) WHERE name = 'lived_s'",
            (self._written_s,),
        )

    @property
    def lived_s(self) -> float:
        """Seconds this ledger has been open by its clock, in all its lives."""
        return self._lived_before + (self._clock() - self._born)

    def refresh(self) -> bool:
        """Notice what another process changed; whether there was anything."""
        version = self.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return False
        self._version = version
        self.epoch += 1
        return True

    def damaged(self, reason: str) -> LedgerError:
        """What to tell when the file does not say what it should."""
        return LedgerError(
            f"the ledger {self.path} is damaged ({reason}); nothing was changed",
            hint=self._way_out,
        )

    @property
    def _way_out(self) -> str:
        return (
            f"keep a copy of {self.path.parent}, then put back a ledger from a backup,"
            " or uninstall and install again"
        )

    @contextmanager
    def words(self) -> Iterator[None]:
        """Turn SQLite's errors into ours, with the next step."""
        try:
            yield
        except _TOLD as reason:
            raise self._in_words(reason) from reason

    def _in_words(self, reason: Exception) -> LedgerError:
        if isinstance(reason, sqlite3.IntegrityError):
            return LedgerError(f"the ledger refused a change: {reason}")
        if isinstance(reason, sqlite3.OperationalError | OSError):
            return LedgerError(
                f"the ledger {self.path} cannot be used: {reason}",
                hint="is the disk full, the folder writable, another program holding the file?",
            )
        return self.damaged(str(reason))

    def _require_content(self) -> None:
        """An empty file is a lost ledger: as a new one it would have all vessels removed."""
        if self.execute("PRAGMA user_version").fetchone()[0] == 0:
            raise self.damaged("it is empty")

    def _prepare(self) -> None:
        with self.words():
            self.path.chmod(0o600)
            self.execute("PRAGMA journal_mode = WAL")
            self.execute("PRAGMA synchronous = NORMAL")
            self.execute("PRAGMA foreign_keys = ON")
            found = self.execute("PRAGMA quick_check(1)").fetchone()[0]
            if found != "ok":
                raise self.damaged(found)
            migrate(self._connection)
        self._version = self.execute("PRAGMA data_version").fetchone()[0]
        row = self.execute("SELECT value FROM counters WHERE name = 'lived_s'").fetchone()
        if row is None:
            raise self.damaged("a counter is missing")
        self._lived_before = self._written_s = float(row[0])
