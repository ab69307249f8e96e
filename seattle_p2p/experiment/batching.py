"""What many ask of one node at the same moment goes there in one envelope.

While one batch is on its way the next one gathers, so that work on many vessels of a node needs
one connection, one signature and one reply for all of them, and one body for the same file in
each. Each command keeps its own id, its own result and its own errors.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from seattle_p2p.errors import MalformedMessage, Unreachable
from seattle_p2p.experiment.bodies import Source
from seattle_p2p.wire.commands import (
    Batch,
    Batchable,
    Command,
    Failed,
    Item,
    Result,
    Results,
    encode,
)
from seattle_p2p.wire.limits import MAX_BATCH, MAX_COMMAND_BYTES

Send = Callable[[Command, Source | None], Awaitable[Result]]

_HEAD_BYTES = 1024
"""Left free beside the commands for the envelope around them."""


@dataclass(eq=False)
class _Waiting:
    command: Command
    body: Source | None
    done: asyncio.Future[Result] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Batcher:
    """Gathers commands and sends them together.

    Args:
        send: Brings one command to the node and its believed result back.
        make_id: A fresh command id.
    """

    def __init__(self, send: Send, make_id: Callable[[], bytes]) -> None:
        self._send = send
        self._make_id = make_id
        self._queue: deque[_Waiting] = deque()
        self._sender: asyncio.Task[None] | None = None
        self._batch: list[_Waiting] = []
        self._under_way: asyncio.Task[None] | None = None

    async def ask(self, command: Command, body: Source | None) -> Result:
        """The result of a command; errors of the node come as `Failed`, others are raised.

        A caller that gives up takes its command back if it is not on its way yet.
        """
        assert isinstance(command.action, Batchable)
        mine = _Waiting(command, body)
        self._queue.append(mine)
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send_all())
        try:
            return await mine.done
        except asyncio.CancelledError:
            if mine in self._queue:
                self._queue.remove(mine)
            elif self._under_way and all(waiting.done.done() for waiting in self._batch):
                self._under_way.cancel()  # nobody waits for it any more
            raise

    async def close(self) -> None:
        """Give up whatever is on its way; those who wait for it are told."""
        if self._sender is not None:
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)

    async def _send_all(self) -> None:
        # Whoever is about to ask in this turn of the loop comes along.
        await asyncio.sleep(0)
        try:
            while self._queue:
                self._batch = self._gather()
                self._under_way = asyncio.create_task(self._send_batch(self._batch))
                await asyncio.wait([self._under_way])
        except asyncio.CancelledError:
            gone = Unreachable("the conversation was ended")
            for waiting in (*self._batch, *self._queue):
                _tell(waiting, gone)
            self._queue.clear()
            if self._under_way is not None:
                self._under_way.cancel()
                await asyncio.gather(self._under_way, return_exceptions=True)
            raise

    def _gather(self) -> list[_Waiting]:
        """The next commands that fit together: at most one body, as many as one head holds."""
        batch: list[_Waiting] = []
        left: deque[_Waiting] = deque()
        room, content = MAX_COMMAND_BYTES - _HEAD_BYTES, None
        for waiting in self._queue:
            size = len(encode(waiting.command))
            theirs = waiting.body and (waiting.body.size, waiting.body.digest)
            fits = not batch or (len(batch) < MAX_BATCH and size <= room)
            if not fits or (theirs and content and theirs != content):
                left.append(waiting)
                continue
            batch.append(waiting)
            room -= size
            content = content or theirs
        self._queue = left
        return batch

    async def _send_batch(self, batch: list[_Waiting]) -> None:
        try:
            results = await self._results(batch)
        except Exception as error:  # of the node, of the way there, of reading the body
            for waiting in batch:
                _tell(waiting, error)
            return
        for waiting, result in zip(batch, results, strict=True):
            if not waiting.done.done():
                waiting.done.set_result(result)

    async def _results(self, batch: list[_Waiting]) -> tuple[Result, ...]:
        body = next((waiting.body for waiting in batch if waiting.body), None)
        if len(batch) == 1:
            return (await self._send(batch[0].command, body),)
        items = []
        for waiting in batch:
            action = waiting.command.action
            assert isinstance(action, Batchable)
            items.append(Item(waiting.command.id, action))
        answer = await self._send(Command(self._make_id(), Batch(tuple(items))), body)
        if isinstance(answer, Failed):
            return (answer,) * len(batch)
        if not isinstance(answer, Results) or len(answer.results) != len(batch):
            raise MalformedMessage("the node answered a batch with something else")
        return answer.results


def _tell(waiting: _Waiting, error: BaseException) -> None:
    if not waiting.done.done():
        waiting.done.set_exception(error)
