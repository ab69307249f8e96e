"""Conversations with one node: opened when needed, kept, opened again when they broke.

Nothing here knows what commands mean; what does is `peer`.
"""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from seattle_p2p.errors import (
    MalformedMessage,
    PeerError,
    StaleMessage,
    Unreachable,
    WrongPeer,
)
from seattle_p2p.experiment.bodies import Source
from seattle_p2p.experiment.conversation import (
    Answer,
    Connection,
    Conversation,
    Transport,
    mismatch,
)
from seattle_p2p.identity.envelope import CHALLENGE_BYTES
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.commands import Command, encode
from seattle_p2p.wire.failed import Failed
from seattle_p2p.wire.greeting import (
    PROTOCOL_VERSION,
    Hello,
    Welcome,
    welcome_door,
)
from seattle_p2p.wire.results import Result, Streams


class NodeLine:
    """One person's way to one node.

    Args:
        key: Who asks.
        node: Whose answers are believed.
        addresses: Where the node may be, in the order to try.
        transport: What opens connections.
        network: Name of the network both must belong to.
        pauses_s: Waits before each attempt, in seconds; their count is the count of attempts.
    """

    def __init__(
        self,
        key: KeyPair,
        node: PublicKey,
        addresses: Sequence[PeerAddress],
        transport: Transport,
        *,
        network: str,
        pauses_s: Sequence[float],
    ) -> None:
        self._key = key
        self._node = node
        self._addresses = list(addresses)
        self._transport = transport
        self._network = network
        self._pauses_s = pauses_s
        self._idle: list[Conversation] = []

    async def close(self) -> None:
        """Hang up; never raises."""
        while self._idle:
            await self._idle.pop().close()

    async def introduce(self) -> Welcome:
        """Who the node is and what contains programs there; connects if need be."""
        conversation = await self._take()
        self._idle.append(conversation)
        return conversation.welcome

    async def send(self, command: Command, body: Source | None) -> Result:
        """A command to its believed result; again under the same id when no reply came.

        Raises:
            SeattleError: the node's own refusal, or why there is no answer to believe.
        """
        conversation, result, _ = await self._exchange(command, body)
        if isinstance(result, Streams):
            await conversation.close()
            raise MalformedMessage("the node streams where one answer was asked for")
        self._idle.append(conversation)
        return result

    async def stream(self, command: Command) -> AsyncGenerator[bytes, None]:
        """Frames of a streamed answer; all of it came only when this ends normally."""
        conversation, result, answer = await self._exchange(command, None)
        whole = False
        try:
            if not isinstance(result, Streams):
                raise MalformedMessage("the node answers at once where a stream was asked for")
            promised, size = result.size, 0
            async with aclosing(answer.body()) as frames:
                async for frame in frames:
                    size += len(frame)
                    if 0 <= promised < size:
                        raise MalformedMessage(f"the node sends more than {promised} bytes")
                    yield frame
            whole = True
        finally:
            if whole:
                self._idle.append(conversation)
            else:
                await conversation.close()

    async def _exchange(
        self, command: Command, body: Source | None
    ) -> tuple[Conversation, Result, Answer]:
        """One command to its believed result, over as many connections as it takes."""
        lost: Unreachable | StaleMessage = Unreachable("the node was never asked")
        for pause in self._pauses_s:
            if pause:
                await asyncio.sleep(pause)
            conversation = await self._take()
            try:
                result, answer = await conversation.ask(command, body)
                if isinstance(result, Failed):
                    raise result.error
            except (Unreachable, StaleMessage) as reason:
                # Stale: the node was restarted or let the connection's challenge die.
                await conversation.close()
                lost = reason
                continue
            except PeerError:
                await conversation.close()
                raise
            except BaseException as reason:
                if isinstance(reason, asyncio.CancelledError):
                    await conversation.close()
                else:
                    self._idle.append(conversation)
                raise
            return conversation, result, answer
        raise lost

    async def _take(self) -> Conversation:
        return self._idle.pop() if self._idle else await self._open()

    async def _open(self) -> Conversation:
        """A new conversation at the first address where the node itself answers."""
        problems: list[PeerError | Unreachable] = []
        for address in self._addresses:
            connection = await self._transport.connect(address, self._node)
            try:
                return await self._greet(connection)
            except (Unreachable, PeerError) as reason:
                await connection.close()
                problems.append(reason)
            except BaseException:
                await connection.close()
                raise
        told = next((p for p in problems if isinstance(p, PeerError)), None)
        if told:
            raise told
        reasons = "; ".join(problem.message for problem in problems) or "no address is known"
        raise Unreachable(
            f"node {self._node.short} does not answer: {reasons}",
            hint="it may be switched off; `seattle browse` finds those that are there",
        )

    async def _greet(self, connection: Connection) -> Conversation:
        ours = encode(Hello(PROTOCOL_VERSION, self._network))
        theirs = welcome_door.decode(await connection.greet(ours))
        if isinstance(theirs, Failed):
            raise theirs.error
        if theirs.version != PROTOCOL_VERSION or theirs.network != self._network:
            raise mismatch(Hello(theirs.version, theirs.network), self._network)
        if theirs.node != self._node.raw or len(theirs.challenge) != CHALLENGE_BYTES:
            raise WrongPeer("the machine that answered says it is another node")
        return Conversation(connection, self._key, self._node, theirs)
