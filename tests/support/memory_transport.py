"""A transport without sockets: client and core hand each other bytes, as a simulator would."""

from collections.abc import AsyncGenerator

from seattle_p2p.experiment.bodies import Source
from seattle_p2p.experiment.conversation import Frame
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.commands import CommandCore, Frames
from seattle_p2p.wire.address import PeerAddress


class MemoryTransport:
    """Connects to a core, whatever the address."""

    def __init__(self, core: CommandCore) -> None:
        self._core = core

    async def connect(self, address: PeerAddress, node: PublicKey) -> "MemoryConnection":
        return MemoryConnection(self._core)


class MemoryConnection:
    def __init__(self, core: CommandCore) -> None:
        self._core = core
        self._line = core.line()

    async def greet(self, hello: bytes) -> bytes:
        return self._core.greet(self._line, hello)

    async def send(self, head: bytes, body: Source | None) -> "MemoryReply":
        pieces = body.pieces() if body else nothing()
        reply = await self._core.answer(self._line, head, pieces)
        return MemoryReply(reply.head, reply.frames)

    async def close(self) -> None:
        self._line.close()


class MemoryReply:
    def __init__(self, head: bytes, frames: Frames | None) -> None:
        self.head = head
        self._frames = frames

    async def frames(self) -> AsyncGenerator[Frame, None]:
        if self._frames is not None:
            async for frame in self._frames:
                yield frame


async def nothing() -> AsyncGenerator[bytes, None]:
    return
    yield b""
