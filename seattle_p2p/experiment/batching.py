"""What many ask of one node at the same moment goes there in one envelope.

While one batch is on its way the next one gathers, so that work on many vessels of a node needs
one connection, one signature and one reply for all of them, and one body for the same file in
each. Each command keeps its own id, its own result and its own errors. A batch that takes long
holds up nobody for long: after a moment the next goes beside it.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import chain

from seattle_p2p.errors import MalformedMessage, Unreachable
from seattle_p2p.experiment.bodies import Source
from seattle_p2p.wire.actions import Batch, Batchable, Item
from seattle_p2p.wire.commands import Command, encode
from seattle_p2p.wire.failed import Failed
from seattle_p2p.wire.limits import ENVELOPE_BYTES, MAX_BATCH, MAX_COMMAND_BYTES
from seattle_p2p.wire.results import Result, Results

Send = Callable[[Command, Source | None], Awaitable[Result]]

PATIENCE_S = 0.25
"""So long the next batch waits for the one before: more than most need, over any distance."""

AT_ONCE = 4
"""Batches on their way at the same time, each over its own connection."""


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
        self._under_way: dict[asyncio.Task[None], list[_Waiting]] = {}
        self._next: asyncio.Handle | None = None

    async def ask(self, command: Command, body: Source | None) -> Result:
        """The result of a command; errors of the node come as `Failed`, others are raised.

        A caller that gives up takes its command back if it is not on its way yet.
        """
        assert isinstance(command.action, Batchable)
        mine = _Waiting(command, body)
        self._queue.append(mine)
        if self._next is None:
            # Whoever is about to ask in this turn of the loop comes along.
            self._next = asyncio.get_running_loop().call_soon(self._send_next)
        try:
            return await mine.done
        except asyncio.CancelledError:
            if mine in self._queue:
                self._queue.remove(mine)
            for task, batch in self._under_way.items():
                if mine in batch and all(waiting.done.done() for waiting in batch):
                    task.cancel()  # nobody waits for it any more
            raise

    async def close(self) -> None:
        """Give up whatever is on its way; those who wait for it are told."""
        gone = Unreachable("the conversation was ended")
        for waiting in (*self._queue, *chain.from_iterable(self._under_way.values())):
            _tell(waiting, gone)
        self._queue.clear()
        ours = list(self._under_way)
        for task in ours:
            task.cancel()
        await asyncio.gather(*ours, return_exceptions=True)

    def _send_next(self) -> None:
        """Send what has gathered; who asks later waits for it to come back, or a moment."""
        self._rest()
        if not self._queue or len(self._under_way) >= AT_ONCE:
            return
        batch = self._gather()
        task = asyncio.create_task(self._send_batch(batch))
        self._under_way[task] = batch
        task.add_done_callback(self._on_sent)
        self._next = asyncio.get_running_loop().call_later(PATIENCE_S, self._send_next)

    def _on_sent(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self._send_next()

    def _rest(self) -> None:
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _gather(self) -> list[_Waiting]:
        """The next commands that fit together: at most one body, as many as one head holds."""
        batch: list[_Waiting] = []
        ids: set[bytes] = set()
        left: deque[_Waiting] = deque()
        room, content = MAX_COMMAND_BYTES - ENVELOPE_BYTES, None
        for waiting in self._queue:
            size = len(encode(waiting.command))
            theirs = waiting.body and (waiting.body.size, waiting.body.digest)
            fits = not batch or (len(batch) < MAX_BATCH and size <= room)
            again = waiting.command.id in ids
            if not fits or again or (theirs and content and theirs != content):
                left.append(waiting)
                continue
            batch.append(waiting)
            ids.add(waiting.command.id)
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
