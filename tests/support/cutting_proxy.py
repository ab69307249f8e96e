"""A TCP relay on loopback that cuts what goes through it, as often as a test wishes."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from seattle_p2p.wire.address import PeerAddress


class CuttingProxy:
    """Relays to one address; counts connections."""

    def __init__(self, target: PeerAddress) -> None:
        self._target = target
        self._open: set[asyncio.StreamWriter] = set()
        self.address = target
        self.taken = 0
        """Connections taken so far."""
        self.shut = False
        """While set, connections are taken and cut at once."""

    @property
    def connections(self) -> int:
        """Connections that are open now."""
        return len(self._open) // 2

    def cut(self) -> int:
        """Cut every connection in the middle of whatever it carries; how many there were."""
        count = self.connections
        for writer in list(self._open):
            writer.transport.abort()
        return count

    async def _relay(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        self.taken += 1
        if self.shut:
            back.transport.abort()
            return
        far, onward = await asyncio.open_connection(self._target.host, self._target.port)
        self._open |= {back, onward}
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_pump(near, onward))
                tasks.create_task(_pump(far, back))
        finally:
            for writer in (back, onward):
                self._open.discard(writer)
                writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


@asynccontextmanager
async def a_cutting_proxy(target: PeerAddress) -> AsyncGenerator[CuttingProxy, None]:
    """A relay to `target` for as long as the context lasts."""
    proxy = CuttingProxy(target)
    server = await asyncio.start_server(proxy._relay, "127.0.0.1", 0)
    proxy.address = PeerAddress("127.0.0.1", server.sockets[0].getsockname()[1])
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
