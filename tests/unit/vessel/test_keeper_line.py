"""The line to a keeper, whatever event loop carries it."""

from seattle_p2p.vessel.control import Stop, frame
from seattle_p2p.vessel.keeper_line import KeeperLine


class ForeignTransport:
    """As of an event loop that is not asyncio's: the same methods, no common class."""

    def __init__(self) -> None:
        self.written = b""
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True


async def test_a_transport_of_another_event_loop_is_as_good_as_any() -> None:
    transport = ForeignTransport()
    line = KeeperLine(lambda *_: None, lambda _: None)

    line.connection_made(transport)
    line.send(Stop(by="me"))
    line.close()
    line.send(Stop(by="me"))

    assert (transport.written, transport.closed) == (frame(Stop(by="me")), True)
