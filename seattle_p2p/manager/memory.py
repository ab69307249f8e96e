"""Which commands a node manager has taken in, and what came of them.

A command sent again is answered from here and not carried out twice; one that a crash cut
short is found here as an intent without an outcome.
"""

from dataclasses import dataclass

from seattle_p2p.errors import TooMuch
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.database import Database
from seattle_p2p.wire.limits import MAX_REMEMBERED_COMMANDS, REMEMBER_COMMANDS_S

FORGET_EVERY_S = 60.0
"""How often what is too old is looked for."""


@dataclass(frozen=True)
class Remembered:
    """A command that was taken in; `outcome` is None while it is unsettled."""

    id: bytes
    sender: PublicKey
    digest: bytes
    vessel: str
    action: bytes
    outcome: bytes | None


class CommandMemory:
    """Commands of the last 24 h of running time; a part of the ledger, and of its transactions.

    None of its changes waits for the disk: whoever tells somebody of them says `Ledger.sync`.

    Args:
        database: The ledger's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._forgot_s = -FORGET_EVERY_S
        self._kept: dict[PublicKey, int] = {}
        """How many commands of each sender are remembered, for those asked since `_epoch`."""
        self._epoch = 0

    def recall(self, command_id: bytes) -> Remembered | None:
        """What is known of a command, by its id."""
        row = self._database.execute(
            "SELECT id, sender, digest, vessel, action, outcome FROM commands WHERE id = ?",
            (command_id,),
        ).fetchone()
        return _remembered(row) if row else None

    def remember(self, command: Remembered) -> None:
        """Write down a command, with its outcome or as an intent that `settle` completes.

        Raises:
            TooMuch: the key had `MAX_REMEMBERED_COMMANDS` within 24 h of running time.
        """
        with self._database.transaction(sync=False):
            self._forget()
            kept = self._count(command.sender)
            if kept >= MAX_REMEMBERED_COMMANDS:
                raise TooMuch(
                    f"this key sent {kept} commands that changed something within 24 h",
                    hint="try again later; reading is not limited",
                )
            self._database.execute(
                "INSERT INTO commands VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    command.id,
                    command.sender.raw,
                    command.digest,
                    command.vessel,
                    command.action,
                    command.outcome,
                    self._database.lived_s,
                ),
            )
            self._kept[command.sender] = kept + 1

    def settle(self, command_id: bytes, outcome: bytes) -> None:
        """Write down what came of an intent."""
        with self._database.transaction(sync=False):
            self._database.execute(
                "UPDATE commands SET outcome = ? WHERE id = ?", (outcome, command_id)
            )

    def withdraw_intent(self, command_id: bytes) -> None:
        """Forget an intent that did nothing, so that the same command may be sent again."""
        with self._database.transaction(sync=False):
            self._kept.clear()
            self._database.execute(
                "DELETE FROM commands WHERE id = ? AND outcome IS NULL", (command_id,)
            )

    def unsettled(self) -> list[Remembered]:
        """Intents that a crash left behind."""
        rows = self._database.execute(
            "SELECT id, sender, digest, vessel, action, outcome FROM commands"
            " WHERE outcome IS NULL ORDER BY lived_s"
        )
        return [_remembered(row) for row in rows]

    def _forget(self) -> None:
        now_s = self._database.lived_s
        if now_s - self._forgot_s < FORGET_EVERY_S:
            return
        self._forgot_s = now_s
        self._kept.clear()
        self._database.execute(
            "DELETE FROM commands WHERE lived_s < ? AND outcome IS NOT NULL",
            (now_s - REMEMBER_COMMANDS_S,),
        )

    def _count(self, sender: PublicKey) -> int:
        """Remembered commands of one sender, counted once and again after any roll-back."""
        if self._epoch != self._database.epoch:
            self._epoch = self._database.epoch
            self._kept.clear()
        if sender not in self._kept:
            (self._kept[sender],) = self._database.execute(
                "SELECT count(*) FROM commands WHERE sender = ?", (sender.raw,)
            ).fetchone()
        return self._kept[sender]


def _remembered(row: tuple[bytes, bytes, bytes, str, bytes, bytes | None]) -> Remembered:
    return Remembered(row[0], PublicKey(row[1]), *row[2:])
