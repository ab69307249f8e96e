"""Bodies of files on their way into vessels: piece by piece beside their files."""

import asyncio
from collections.abc import AsyncIterator, Iterable

from seattle_p2p.errors import MalformedMessage, SeattleError, StaleMessage
from seattle_p2p.vessel.upload import Upload
from seattle_p2p.wire.actions import PutFile
from seattle_p2p.wire.bodies import BodyDigest
from seattle_p2p.wire.commands import Command

Body = AsyncIterator[bytes]


class Incoming:
    """One body for all the commands that promise it: read once, written into each vessel.

    Reading begins when each of the commands has either said where it wants the body or that it
    does not: one that is refused costs its sender no body.

    Args:
        commands: Those that come with the body; others among them do not matter.
        pieces: The body as it comes.

    Raises:
        MalformedMessage: they promise different bodies.
    """

    def __init__(self, commands: Iterable[Command], pieces: Body) -> None:
        puts = {c.id: c.action for c in commands if isinstance(c.action, PutFile)}
        promised = {(put.size, put.body_digest) for put in puts.values()}
        if len(promised) > 1:
            raise MalformedMessage("the files of one batch are not the same")
        self._size, self._digest = next(iter(promised), (0, b""))
        self._name = next((put.file for put in puts.values()), "")
        self._undecided = set(puts)
        self._pieces = pieces
        self._takers: dict[Upload, asyncio.Future[None]] = {}
        self._reading: asyncio.Task[None] | None = None

    async def take(self, command_id: bytes, upload: Upload) -> None:
        """Return when all of the body is in `upload`.

        Raises:
            MalformedMessage: other bytes than the command promised.
            StaleMessage: the body is on its way without this command already.
            OutOfResources: the machine's disk is full.
            ConnectionError: the sender is gone.
        """
        if command_id not in self._undecided:
            raise StaleMessage("the body went by", hint="send the command again")
        self._takers[upload] = done = asyncio.get_running_loop().create_future()
        self.leave(command_id)
        try:
            await done
        finally:
            self._takers.pop(upload, None)

    def leave(self, command_id: bytes) -> None:
        """That command does not want the body any more, if it ever did."""
        self._undecided.discard(command_id)
        if not self._undecided and self._takers and self._reading is None:
            self._reading = asyncio.create_task(self._read())

    async def close(self) -> None:
        """Stop reading; what is left of the body is the caller's."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        problem: BaseException | None = None
        try:
            await self._pass_on()
        except asyncio.CancelledError:
            problem = ConnectionAbortedError("the node manager stops")
            raise
        except Exception as error:  # whatever it is, it is theirs who wait for the body
            problem = error
        finally:
            for upload in list(self._takers):
                self._finish(upload, problem)

    async def _pass_on(self) -> None:
        counted = BodyDigest()
        async for piece in self._pieces:
            counted.add(piece)
            if counted.size > self._size:
                break
            for upload in list(self._takers):
                try:
                    upload.write(piece)
                except SeattleError as error:
                    self._finish(upload, error)
        if (counted.size, counted.value) != (self._size, self._digest):
            raise MalformedMessage(
                f"the body of {self._name!r} is not what the command promised",
                hint="did the file change while it was sent? send it again",
            )

    def _finish(self, upload: Upload, problem: BaseException | None) -> None:
        done = self._takers.pop(upload)
        if done.done():
            return
        if problem is None:
            done.set_result(None)
        else:
            done.set_exception(problem)
