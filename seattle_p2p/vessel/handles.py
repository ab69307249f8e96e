"""The objects that calls hand to programs: files, sockets, locks.

They are immutable, as are their classes: a program can neither change what they do for others
nor leave anything in them. Files and sockets are numbers that only the broker understands;
locks stay in this process.
"""

from typing import Any

from seattle_p2p.vessel import requests as asks
from seattle_p2p.vessel.checked_link import CheckedLink
from seattle_p2p.vessel.guards import Sealed
from seattle_p2p.vessel.requests import PIECE


class _Handle(metaclass=Sealed):
    """What they have in common: two things that the program cannot reach."""

    __slots__ = ("__handle", "__link")

    def __init__(self, link: CheckedLink, handle: Any) -> None:
        object.__setattr__(self, "_Handle__link", link)
        object.__setattr__(self, "_Handle__handle", handle)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse."""
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> None:
        """Refuse."""
        raise AttributeError(f"{type(self).__name__} cannot be changed")


def _link(handle: _Handle) -> CheckedLink:
    link: CheckedLink = object.__getattribute__(handle, "_Handle__link")
    return link


def _number(handle: _Handle) -> Any:
    return object.__getattribute__(handle, "_Handle__handle")


class File(_Handle):
    """An open file."""

    __slots__ = ()

    def readat(self, size: object, offset: object) -> str:
        """`size` bytes, or all for None, from `offset` on; fewer at the end."""
        link = _link(self)
        wanted = None if size is None else link.whole(size, "size")
        begin = link.whole(offset, "offset")
        if (wanted is not None and wanted < 0) or begin < 0:
            raise link.refuse("size and offset must not be negative")
        parts: list[bytes] = []
        done = 0
        while True:
            piece = PIECE if wanted is None else min(PIECE, wanted - done)
            request = asks.ReadAt(link.number(), _number(self), piece, begin + done)
            parts.append(link.ask(request))
            done += len(parts[-1])
            if len(parts[-1]) < piece or done == wanted:
                return b"".join(parts).decode("latin-1")

    def writeat(self, data: object, offset: object) -> None:
        """Write bytes from `offset` on, which may be at most the file's end."""
        link = _link(self)
        content = link.data(data, "data")
        begin = link.whole(offset, "offset")
        if begin < 0:
            raise link.refuse("offset must not be negative")
        for done in range(0, max(len(content), 1), PIECE):
            piece = content[done : done + PIECE]
            link.ask(asks.WriteAt(link.number(), _number(self), piece, begin + done))

    def close(self) -> None:
        """Give the file back."""
        link = _link(self)
        link.ask(asks.CloseFile(link.number(), _number(self)))


class UDPServerSocket(_Handle):
    """A port on which datagrams arrive."""

    __slots__ = ()

    def getmessage(self) -> tuple[str, int, str]:
        """Sender's address, port, and data of the next datagram; never waits."""
        link = _link(self)
        host, port, data = link.ask(asks.GetMessage(link.number(), _number(self)))
        return host, port, data.decode("latin-1")

    def close(self) -> bool:
        """Stop listening; True the first time."""
        link = _link(self)
        return bool(link.ask(asks.CloseServer(link.number(), _number(self))))


class TCPServerSocket(_Handle):
    """A port on which others connect."""

    __slots__ = ()

    def getconnection(self) -> tuple[str, int, "Socket"]:
        """Address, port and socket of the next connection; never waits."""
        link = _link(self)
        host, port, handle = link.ask(asks.GetConnection(link.number(), _number(self)))
        return host, port, Socket(link, handle)

    def close(self) -> bool:
        """Stop listening; True the first time."""
        link = _link(self)
        return bool(link.ask(asks.CloseTcpServer(link.number(), _number(self))))


class Socket(_Handle):
    """A TCP connection; no call on it waits."""

    __slots__ = ()

    def send(self, message: object) -> int:
        """Hand over bytes; returns how many were taken."""
        link = _link(self)
        data = link.data(message, "message")[:PIECE]
        sent: int = link.ask(asks.Send(link.number(), _number(self), data))
        return sent

    def recv(self, size: object) -> str:
        """1 to `size` bytes of what has come."""
        link = _link(self)
        wanted = min(link.whole(size, "the number of bytes"), PIECE)
        if wanted < 1:
            raise link.refuse("at least 1 byte must be asked for")
        data: bytes = link.ask(asks.Receive(link.number(), _number(self), wanted))
        return data.decode("latin-1")

    def close(self) -> bool:
        """Hang up; True the first time."""
        link = _link(self)
        return bool(link.ask(asks.CloseSocket(link.number(), _number(self))))


class Lock(_Handle):
    """A lock that any thread may release."""

    __slots__ = ()

    def acquire(self, blocking: object) -> bool:
        """Take it; when it is taken already, wait if `blocking`, else return False."""
        link = _link(self)
        if type(blocking) is not bool:
            raise link.refuse("blocking must be True or False")
        return bool(_number(self).acquire(blocking))

    def release(self) -> None:
        """Let go."""
        try:
            _number(self).release()
        except RuntimeError:
            raise _link(self).errors["LockDoubleReleaseError"](
                "the lock is not taken"
            ) from None
