"""Effects happen once for each command id, whatever is lost or crashes on the way.

A command that changes only the ledger is one transaction: effect, result and audit. One that
changes programs or files is an intent first; after a crash it is found out what became of it.
Nobody is told before it is on the disk, and those who wait for it at the same time wait once.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from seattle_p2p.errors import NoSuchVessel, ReusedId, SeattleError
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.actions import (
    Actions,
    LedgerAction,
    OutsideAction,
    RunAction,
)
from seattle_p2p.manager.authorise import Role, authorise, role_of
from seattle_p2p.manager.disk import GroupSync, GroupWrites
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.memory import Remembered
from seattle_p2p.manager.uploads import Incoming
from seattle_p2p.manager.vessel_rows import VesselRow
from seattle_p2p.wire.actions import (
    Action,
    DeleteFile,
    PutFile,
    decode_action,
    encode_action,
    vessels_of,
    word,
)
from seattle_p2p.wire.commands import Command, command_digest, encode
from seattle_p2p.wire.failed import Failed, failed
from seattle_p2p.wire.results import Done, Result, result_door


class Effects:
    """Carries out commands that change something; one at a time for each vessel."""

    def __init__(self, ledger: Ledger, actions: Actions) -> None:
        self._ledger = ledger
        self._actions = actions
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._disk = GroupSync(ledger.sync)
        self._writes = GroupWrites(lambda: ledger.transaction(sync=False))
        self._under_way: dict[bytes, asyncio.Future[None]] = {}
        self._in_doubt: set[str] = set()
        """Vessels something was done to that the ledger would not write down."""
        self.on_change: Callable[[], None] = lambda: None
        """Called when people, advertising or number of vessels changed."""

    async def carry_out(
        self, sender: PublicKey, command: Command, incoming: Incoming
    ) -> Result:
        """Do it, or give again what came of it the first time.

        Args:
            incoming: The body, if it is one of the commands that it comes with.

        Raises:
            ReusedId: the id stands for another command.
            SeattleError: why nothing was done.
        """
        try:
            return await self._once(sender, command, incoming)
        finally:
            incoming.leave(command.id)

    async def _once(self, sender: PublicKey, command: Command, incoming: Incoming) -> Result:
        digest = command_digest(sender.raw, command)
        while True:
            if command.id in self._under_way:
                incoming.leave(command.id)  # others may come with the same body
                await asyncio.wait([self._under_way[command.id]])
                continue
            known = self._ledger.commands.recall(command.id)
            if known is None:
                break
            if (known.sender, known.digest) != (sender, digest):
                raise ReusedId("this command's id was used for another command")
            if known.outcome is not None:
                return result_door.decode(known.outcome)
            await self._settle(known)
        # From here to the end nobody else works on this id.
        done = self._under_way[command.id] = asyncio.get_running_loop().create_future()
        try:
            return await self._first_time(sender, command, digest, incoming)
        finally:
            del self._under_way[command.id]
            done.set_result(None)

    async def settle_all(self) -> None:
        """Find out what became of the intents a crash left behind; before serving anyone."""
        for intent in self._ledger.commands.unsettled():
            await self._settle(intent)

    async def _first_time(
        self, sender: PublicKey, command: Command, digest: bytes, incoming: Incoming
    ) -> Result:
        action = command.action
        try:
            rows = permitted(self._ledger, sender, action)
            if isinstance(action, PutFile):
                return await self._store(sender, command, action, rows[0], digest, incoming)
            if isinstance(action, OutsideAction):
                return await self._outside(sender, command, action, rows[0], digest)
            assert isinstance(action, LedgerAction)
            async with self._turn(vessels_of(action)):
                return await self._in_ledger(sender, command, action, digest)
        except SeattleError as error:
            self._record_refusal(sender, action, error)
            raise

    async def _in_ledger(
        self, sender: PublicKey, command: Command, action: LedgerAction, digest: bytes
    ) -> Result:
        # Rights may have changed while this waited for its turn.
        permitted(self._ledger, sender, action)
        await self._actions.prepare(action, sender)
        with self._ledger.transaction(sync=False):
            rows = permitted(self._ledger, sender, action)
            result = self._actions.change(action, rows)
            self._remember(sender, command, digest, encode(result))
            self._ledger.trail.record(sender, word(action), ",".join(vessels_of(action)), "ok")
        self._actions.make_new(result)
        await self._disk.wait()
        await self._actions.follow_up(action, result)
        self.on_change()
        return result

    async def _outside(
        self,
        sender: PublicKey,
        command: Command,
        action: RunAction | DeleteFile,
        row: VesselRow,
        digest: bytes,
    ) -> Result:
        async with self._turn((row.name,)):
            self._ledger.require_unchanged(row)
            await self._writes.write(lambda: self._remember(sender, command, digest, None))
            result: Result
            try:
                result = await self._actions.act(action, row, sender, command.id.hex())
            except SeattleError as error:
                result = failed(error)
            await self._write_down(sender, command.id, action, result)
        await self._disk.wait()
        return result

    async def _store(
        self,
        sender: PublicKey,
        command: Command,
        action: PutFile,
        row: VesselRow,
        digest: bytes,
        incoming: Incoming,
    ) -> Result:
        with self._actions.begin_upload(action, row) as upload:
            await incoming.take(command.id, upload)
            async with self._turn((row.name,)):
                self._ledger.require_unchanged(row)
                await self._writes.write(lambda: self._remember(sender, command, digest, None))
                result: Result = Done()
                try:
                    # Intent and file reach the disk; from both the outcome can be told again.
                    await self._disk.commit(upload)
                except SeattleError as error:
                    result = failed(error)
                await self._write_down(sender, command.id, action, result)
                return result

    @asynccontextmanager
    async def _turn(self, names: tuple[str, ...]) -> AsyncIterator[None]:
        """Be the only one who changes these vessels; taken in one order, never in a ring.

        What is in doubt about them is settled first: later, a reset would be brought to its end
        over what came after it.
        """
        async with AsyncExitStack() as turns:
            for name in sorted(set(names)):
                await turns.enter_async_context(self._turns[name])
            for name in self._in_doubt.intersection(names):
                for intent in self._ledger.commands.unsettled():
                    if intent.vessel == name:
                        await self._find_out(intent)
                self._in_doubt.discard(name)
            yield

    def _remember(
        self, sender: PublicKey, command: Command, digest: bytes, outcome: bytes | None
    ) -> None:
        names = ",".join(vessels_of(command.action))
        action = encode_action(command.action)
        self._ledger.commands.remember(
            Remembered(command.id, sender, digest, names, action, outcome)
        )

    async def _write_down(
        self, sender: PublicKey, command_id: bytes, action: OutsideAction, result: Result
    ) -> None:
        """Effect, result and audit in one transaction."""

        def change() -> None:
            if isinstance(result, Done):
                self._actions.note(action, command_id.hex())
            outcome = result.code if isinstance(result, Failed) else "ok"
            self._ledger.commands.settle(command_id, encode(result))
            self._ledger.trail.record(sender, word(action), action.vessel, outcome)

        try:
            await self._writes.write(change)
        except BaseException:
            self._in_doubt.add(action.vessel)
            raise

    def _record_refusal(self, sender: PublicKey, action: Action, error: SeattleError) -> None:
        """Strangers leave no trace, or they could keep the disk busy."""
        names = vessels_of(action)
        rows = [_row(self._ledger, name) for name in names]
        if any(row and role_of(sender, row) is not Role.NOBODY for row in rows):
            self._ledger.trail.record(sender, word(action), ",".join(names), error.code)

    async def _settle(self, intent: Remembered) -> None:
        async with self._turn((intent.vessel,)):
            now = self._ledger.commands.recall(intent.id)
            if now is not None and now.outcome is None:
                await self._find_out(now)

    async def _find_out(self, intent: Remembered) -> None:
        action = decode_action(intent.action)
        assert isinstance(action, OutsideAction)
        if await self._actions.was_done(action, intent.id.hex()):
            await self._write_down(intent.sender, intent.id, action, Done())
        else:
            # It never happened: the same command may come again and will act then.
            self._ledger.commands.withdraw_intent(intent.id)


def permitted(ledger: Ledger, sender: PublicKey, action: Action) -> list[VesselRow]:
    """The vessels that an action is about.

    Raises:
        NotPermitted: for any of them.
    """
    names = vessels_of(action)
    if not names:
        authorise(sender, action, None)
    rows = []
    for name in names:
        row = _row(ledger, name)
        authorise(sender, action, row, name)
        assert row is not None
        rows.append(row)
    return rows


def _row(ledger: Ledger, name: str) -> VesselRow | None:
    try:
        return ledger.vessel(name)
    except NoSuchVessel:
        return None
