"""Which commands a node manager has taken in, and what came of them.

A command sent again is answered from here and not carried out twice; one that a crash cut
short is found here as an intent without an outcome.
"""

from dataclasses import dataclass

from seattle_p2p.errors import TooMuch
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.database import Database
from seattle_p2p.wire.limits import MAX_REMEMBERED_COMMANDS, REMEMBER_COMMANDS_S


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

    Args:
        database: The ledger's.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

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
        with self._database.transaction():
            self._database.execute(
                "DELETE FROM commands WHERE lived_s < ? AND outcome IS NOT NULL",
                (self._database.lived_s - REMEMBER_COMMANDS_S,),
            )
            (kept,) = self._database.execute(
                "SELECT count(*) FROM commands WHERE sender = ?", (command.sender.raw,)
            ).fetchone()
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

    def settle(self, command_id: bytes, outcome: bytes) -> None:
        """Write down what came of an intent."""
        with self._database.transaction():
            self._database.execute(
                "UPDATE commands SET outcome = ? WHERE id = ?", (outcome, command_id)
            )

    def withdraw_intent(self, command_id: bytes) -> None:
        """Forget an intent that did nothing, so that the same command may be sent again."""
        with self._database.transaction():
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


def _remembered(row: tuple[bytes, bytes, bytes, str, bytes, bytes | None]) -> Remembered:
    return Remembered(row[0], PublicKey(row[1]), *row[2:])
