"""What a node manager must not forget: settings, vessels and the rights to them.

One SQLite file: what a transaction changed survives a crash of the program at once, one of the
machine after `sync`, which a transaction does at its end unless told otherwise. Transactions
are short, and there is one writer at a time; the donor's commands may write while the node
manager runs (see `refresh`). Commands that were answered (`memory`) and the audit trail
(`trail`) are in the same file.

Ages are counted in seconds that the node manager has been running, because no clock of the
wall is trusted; the audit trail names times of the wall, for people only.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from seattle_p2p.errors import NoLongerPermitted, NoSuchVessel, UsageError
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.database import Database
from seattle_p2p.manager.memory import CommandMemory
from seattle_p2p.manager.settings import NodeSettings
from seattle_p2p.manager.trail import AuditTrail
from seattle_p2p.manager.vessel_rows import Run, VesselRow, read_vessels
from seattle_p2p.vessel.division import Sum, total_of
from seattle_p2p.wire.limits import MAX_OWNER_INFORMATION, MAX_USERS


class Ledger:
    """The ledger of one node.

    Args:
        path: The SQLite file; made when it is missing and `create` is set.
        create: False for whoever expects one to be there.
        clock: Monotonic seconds.
        wall: Seconds of the wall clock, for the audit trail only.

    Attributes:
        commands: Those taken in, and what came of them.
        trail: Who did what, for people.

    Raises:
        LedgerError: missing, damaged, of a newer version, or the disk refuses.
    """

    def __init__(
        self,
        path: Path,
        *,
        create: bool = True,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.path = path
        self._database = Database(path, create=create, clock=clock)
        self.commands = CommandMemory(self._database)
        self.trail = AuditTrail(self._database, wall)
        self._vessels: dict[str, VesselRow] | None = None
        self._people: set[PublicKey] = set()
        self._epoch = 0

    def close(self) -> None:
        """Write the age down and let go of the file."""
        self._database.close()

    def sync(self) -> None:
        """Return when all changes made before are on the disk; from any thread."""
        self._database.sync()

    @contextmanager
    def transaction(self, *, sync: bool = True) -> Iterator[None]:
        """All changes made inside happen together, or none does; may be nested.

        Raises:
            LedgerError: the file or the disk refuses; nothing was changed.
        """
        with self._database.transaction(sync=sync):
            yield

    @property
    def lived_s(self) -> float:
        """Seconds this node manager has been running in all its lives."""
        return self._database.lived_s

    def refresh(self) -> bool:
        """Notice what another process changed; whether there was anything."""
        return self._database.refresh()

    # Settings

    def settings(self) -> NodeSettings:
        """How the node is set up; the defaults when nothing was saved yet."""
        row = self._database.execute(
            "SELECT value FROM settings WHERE name = 'node'"
        ).fetchone()
        if row is None:
            return NodeSettings()
        with self._database.words():
            return msgspec.json.decode(row[0], type=NodeSettings)

    def count_start(self) -> int:
        """The node manager starts once more: how often it has by now."""
        settings = self.settings()
        self.save_settings(msgspec.structs.replace(settings, starts=settings.starts + 1))
        return settings.starts + 1

    def save_settings(self, settings: NodeSettings) -> None:
        """Replace the settings as a whole."""
        with self.transaction():
            self._database.execute(
                "INSERT OR REPLACE INTO settings VALUES ('node', ?)",
                (msgspec.json.encode(settings).decode(),),
            )

    def save_ports(self, command_port: int, overlay_port: int) -> None:
        """Keep the ports that were found free, so that the node stays where it is."""
        settings = self.settings()
        if (settings.command_port, settings.overlay_port) != (command_port, overlay_port):
            kept = {"command_port": command_port, "overlay_port": overlay_port}
            self.save_settings(msgspec.structs.replace(settings, **kept))

    # Vessels

    def vessels(self) -> list[VesselRow]:
        """All vessels, lowest number first."""
        return list(self._rows().values())

    def vessel(self, name: str) -> VesselRow:
        """The vessel of that name.

        Raises:
            NoSuchVessel: there is none.
        """
        try:
            return self._rows()[name]
        except KeyError:
            raise NoSuchVessel(f"there is no vessel {name} here") from None

    def knows(self, person: PublicKey) -> bool:
        """Whether somebody owns or uses any vessel here."""
        self._rows()
        return person in self._people

    def knew(self, name: str) -> bool:
        """Whether a vessel of that name was ever made, as far as this ledger knows."""
        (following,) = self._database.execute(
            "SELECT value FROM counters WHERE name = 'next_vessel'"
        ).fetchone()
        number = name.removeprefix("v")
        return number.isdecimal() and int(number) < following

    def add_vessel(
        self,
        owner: PublicKey,
        restrictions: str,
        *,
        users: Sequence[PublicKey] = (),
        information: str = "",
        advertise: bool = True,
    ) -> VesselRow:
        """A new vessel under the next free number; numbers are never used twice.

        Raises:
            UsageError: too many users, or the information is too long or has several lines.
        """
        _require_information(information)
        with self.transaction():
            (number,) = self._database.execute(
                "UPDATE counters SET value = value + 1 WHERE name = 'next_vessel'"
                " RETURNING CAST(value AS INTEGER) - 1"
            ).fetchone()
            self._database.execute(
                "INSERT INTO vessels (number, owner, information, advertise, restrictions)"
                " VALUES (?, ?, ?, ?, ?)",
                (number, owner.raw, information, int(advertise), restrictions),
            )
            self._write_users(number, users)
            self._vessels = None
            return self.vessel(f"v{number}")

    def remove_vessel(self, name: str) -> None:
        """Forget a vessel; its folder goes when the node manager next looks (see `folders`)."""
        with self.transaction():
            number = self.vessel(name).number
            self._database.execute("DELETE FROM vessels WHERE number = ?", (number,))
            self._vessels = None

    def sum(self) -> Sum:
        """All that is given away here; see `vessel/division.py` for the law about it."""
        texts = [row.restrictions for row in self.vessels()]
        return total_of(texts, self.settings().offcut)

    def change_owner(
        self, name: str, owner: PublicKey, *, users: Sequence[PublicKey] = ()
    ) -> None:
        """Hand a vessel over: information cleared, advertised, and only `users` remain."""
        with self.transaction():
            self._update(name, "owner = ?, information = '', advertise = 1", owner.raw)
            self.change_users(name, users)

    def change_users(self, name: str, users: Sequence[PublicKey]) -> None:
        """Replace all users; raises the generation.

        Raises:
            UsageError: more than `MAX_USERS`.
        """
        with self.transaction():
            self._write_users(self.vessel(name).number, users)
            self.raise_generation(name)

    def change_information(self, name: str, information: str) -> None:
        """Replace the owner's label.

        Raises:
            UsageError: longer than 256 characters, or several lines.
        """
        _require_information(information)
        self._update(name, "information = ?", information)

    def change_advertise(self, name: str, advertise: bool) -> None:
        """Whether the vessel is published under its people's keys."""
        self._update(name, "advertise = ?", int(advertise))

    def change_keep_running(self, name: str, keep_running: bool) -> None:
        """Whether its program is started again when it ended by no one's wish."""
        self._update(name, "keep_running = ?", int(keep_running))

    def change_restrictions(self, name: str, restrictions: str) -> None:
        """What it may use from its next start on; whoever calls keeps the sum of all right."""
        self._update(name, "restrictions = ?", restrictions)

    def layers(self, name: str) -> tuple[tuple[str, bytes], ...]:
        """Name and text of a vessel's security layers, the lowest first."""
        number = self.vessel(name).number
        return tuple(
            self._database.execute(
                "SELECT name, text FROM layers WHERE vessel = ? ORDER BY place", (number,)
            )
        )

    def change_layers(self, name: str, layers: Sequence[tuple[str, bytes]]) -> None:
        """Replace all security layers: name and text of each, the lowest first."""
        with self.transaction():
            number = self.vessel(name).number
            self._database.execute("DELETE FROM layers WHERE vessel = ?", (number,))
            self._database.execute_many(
                "INSERT INTO layers VALUES (?, ?, ?, ?)",
                [(number, place, *layer) for place, layer in enumerate(layers)],
            )
            self._vessels = None

    def change_run(self, name: str, run: Run | None) -> None:
        """Which program the vessel runs, by the wish of its people; None when stopped."""
        self._update(name, "run = ?", msgspec.json.encode(run).decode() if run else None)

    def raise_generation(self, name: str) -> None:
        """Whoever began something before this must ask again."""
        self._update(name, "generation = generation + ?", 1)

    def require_unchanged(self, row: VesselRow) -> None:
        """Accept `row` as still true of its vessel's rights.

        Raises:
            NoLongerPermitted: its generation was raised, or it is gone.
        """
        try:
            now = self.vessel(row.name).generation
        except NoSuchVessel:
            now = -1
        if now != row.generation:
            raise NoLongerPermitted(
                f"vessel {row.name} was handed over, shared anew or reset meanwhile",
                hint="look again: seattle browse",
            )

    # Private

    def _rows(self) -> dict[str, VesselRow]:
        """All vessels by name, read once and again after any change."""
        if self._vessels is None or self._epoch != self._database.epoch:
            self._epoch = self._database.epoch
            with self._database.words():
                self._vessels = {row.name: row for row in read_vessels(self._database)}
            self._people = {key for row in self._vessels.values() for key in row.people}
        return self._vessels

    def _update(self, name: str, assignment: str, value: object) -> None:
        with self.transaction():
            number = self.vessel(name).number
            self._database.execute(
                f"UPDATE vessels SET {assignment} WHERE number = ?", (value, number)
            )
            self._vessels = None

    def _write_users(self, number: int, users: Sequence[PublicKey]) -> None:
        each_once = list(dict.fromkeys(users))
        if len(each_once) > MAX_USERS:
            raise UsageError(
                f"{len(each_once)} users for one vessel, at most {MAX_USERS}",
                hint="split the vessel, or share one key among a group",
            )
        self._database.execute("DELETE FROM users WHERE vessel = ?", (number,))
        self._database.execute_many(
            "INSERT INTO users VALUES (?, ?, ?)",
            [(number, place, person.raw) for place, person in enumerate(each_once)],
        )
        self._vessels = None


def _require_information(text: str) -> None:
    if len(text) > MAX_OWNER_INFORMATION or "\n" in text or "\r" in text:
        raise UsageError(
            f"owner information is one line of at most {MAX_OWNER_INFORMATION} characters"
        )
