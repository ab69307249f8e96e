"""The stream between a node manager and one keeper, as asyncio speaks it."""

import asyncio
import logging
from collections.abc import Callable
from typing import cast

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.vessel.control import Frames, FromKeeper, ToKeeper, decode_from_keeper, frame

_log = logging.getLogger(__name__)


class KeeperLine(asyncio.Protocol):
    """The stream to one keeper.

    `hello` is to be fulfilled by whoever takes the keeper's first word; it fails with a
    ConnectionResetError when the line ends before.

    Args:
        on_message: Called with the line and each message of the keeper, in order.
        on_end: Called with the line, once, when it has ended from either side.
    """

    def __init__(
        self,
        on_message: Callable[["KeeperLine", FromKeeper], None],
        on_end: Callable[["KeeperLine"], None],
    ) -> None:
        self.hello: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._on_message = on_message
        self._on_end = on_end
        self._frames = Frames()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        # Not asserted: the transports of other event loops are no subclasses of asyncio's.
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Hand on whole messages; a keeper that cannot be understood is let go."""
        try:
            for body in self._frames.feed(data):
                self._on_message(self, decode_from_keeper(body))
        except MalformedMessage as error:
            _log.warning("a keeper sent nonsense", extra={"reason": str(error)})
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever listens."""
        if not self.hello.done():
            self.hello.set_exception(ConnectionResetError("the keeper said nothing"))
            self.hello.exception()
        self._on_end(self)

    def send(self, message: ToKeeper) -> None:
        """Write a message; lost when the line is closing."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame(message))

    def close(self) -> None:
        """Close the line from this side."""
        if self._transport is not None:
            self._transport.close()
