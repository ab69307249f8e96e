"""Writing to the ledger and waiting for the disk once for all who want it at the same time."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager

from seattle_p2p.errors import LedgerError, SeattleError
from seattle_p2p.vessel.upload import Upload, commit_all


class GroupSync:
    """Rounds of waiting in a thread; whoever comes during a round gets the next.

    A round that has begun may miss what was written after its beginning, so it serves only
    those who were there before.

    Args:
        sync: Returns when all that was written to the ledger before the call is on the disk.
    """

    def __init__(self, sync: Callable[[], None]) -> None:
        self._sync = sync
        self._current: asyncio.Task[_Errors] | None = None
        self._next: asyncio.Task[_Errors] | None = None
        self._uploads: list[Upload] = []
        self.rounds = 0
        """How often the disk was waited for."""

    async def wait(self) -> None:
        """Return when all that was written before is on the disk; errors of `sync`."""
        await self._join()

    async def commit(self, upload: Upload) -> None:
        """Make an upload the file of its name; errors as for `Upload.commit` and `sync`."""
        self._uploads.append(upload)
        if error := (await self._join()).get(upload):
            raise error

    async def _join(self) -> "_Errors":
        if self._next is None:
            self._next = asyncio.create_task(self._round())
        mine = self._next
        try:
            return await asyncio.shield(mine)
        except asyncio.CancelledError:
            # The round is also that of others, and works on what the caller may close.
            await asyncio.wait([mine])
            raise

    async def _round(self) -> "_Errors":
        if self._current is not None:
            await asyncio.wait([self._current])
        self._current, self._next = self._next, None
        uploads, self._uploads = self._uploads, []
        self.rounds += 1
        return await asyncio.to_thread(self._work, uploads)

    def _work(self, uploads: list[Upload]) -> "_Errors":
        errors = dict(zip(uploads, commit_all(uploads), strict=True))
        self._sync()
        return errors


class GroupWrites:
    """Changes of the ledger that are asked for in the same turn of the loop, as one.

    Args:
        transaction: All that is changed inside happens, or nothing.
    """

    def __init__(self, transaction: Callable[[], AbstractContextManager[None]]) -> None:
        self._transaction = transaction
        self._asked: list[tuple[Callable[[], None], asyncio.Future[None]]] = []

    async def write(self, change: Callable[[], None]) -> None:
        """Return when `change` was made; it raises a `SeattleError` before it changes anything.

        Raises:
            SeattleError: of `change`; whatever others asked for is done all the same.
            LedgerError: none of it was done.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked.append((change, done))
        if len(self._asked) == 1:
            asyncio.get_running_loop().call_soon(self._write_all)
        await done

    def _write_all(self) -> None:
        asked, self._asked = self._asked, []
        errors: list[Exception | None] = []
        try:
            with self._transaction():
                for change, _ in asked:
                    errors.append(_made(change))
        except Exception as error:
            errors = [error] * len(asked)
        for (_, done), problem in zip(asked, errors, strict=True):
            if done.done():
                continue
            if problem is None:
                done.set_result(None)
            else:
                done.set_exception(problem)


def _made(change: Callable[[], None]) -> SeattleError | None:
    try:
        change()
    except LedgerError:
        raise
    except SeattleError as error:
        return error
    return None


_Errors = dict[Upload, SeattleError | None]
