"""A program's TCP: connections opened, taken, written and read here, never waiting in the
loop."""

import errno
import os
import select
import socket

import msgspec

from seattle_p2p.vessel.broker.addresses import (
    Address,
    AddressRules,
    is_loopback,
    is_loopback_host,
    require_port,
)
from seattle_p2p.vessel.broker.meters import Meters, Waits, Writable
from seattle_p2p.vessel.broker.network import bound, require_own
from seattle_p2p.vessel.repy_errors import CallFailed
from seattle_p2p.vessel.requests import PIECE
from seattle_p2p.vessel.resources import Resources

HEADER = 64
"""Charged for each packet beside its data."""

_BACKLOG = 5
_LONGEST_CONNECT_S = 3600.0

_AT_CONNECT = {
    errno.ECONNREFUSED: ("ConnectionRefusedError", "nobody listens there"),
    errno.ECONNRESET: ("ConnectionRefusedError", "the other side hung up"),
    errno.ETIMEDOUT: ("TimeoutError", "nobody answered"),
    errno.EADDRNOTAVAIL: ("CleanupInProgressError", "the last such connection is not over yet"),
    errno.EADDRINUSE: ("DuplicateTupleError", "there is such a connection already"),
    errno.EISCONN: ("DuplicateTupleError", "there is such a connection already"),
}
_REMOTE_IS_GONE = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ETIMEDOUT, errno.ENOTCONN})


class _Connection(msgspec.Struct):
    opened: socket.socket
    local: tuple[str, int]
    remote: tuple[str, int]
    loop: bool


class Tcp:
    """Connections and servers of one program.

    Args:
        limits: Ports and numbers granted.
        rules: Which addresses may be used.
        meters: Charged for everything.
    """

    def __init__(self, limits: Resources, rules: AddressRules, meters: Meters) -> None:
        self._limits = limits
        self._rules = rules
        self._meters = meters
        self._servers: dict[int, tuple[tuple[str, int], socket.socket]] = {}
        self._connections: dict[int, _Connection] = {}
        self._last = 0

    def open(
        self, host: str, port: int, local_host: str, local_port: int, timeout_s: float
    ) -> Waits:
        """Connect (RP-16); returns a handle."""
        local = self._local(local_host, local_port)
        remote = self._rules.destination(host, port)
        if not 0 < timeout_s <= _LONGEST_CONNECT_S * 24:
            raise CallFailed("RepyArgumentError", "the timeout must be more than 0")
        if remote.version != local.version:
            raise CallFailed("RepyArgumentError", f"no way from {local} to {remote}")
        if (host, port) == (local_host, local_port):
            raise CallFailed("RepyArgumentError", "source and destination are the same")
        require_own(local)
        self._require_granted(local_port)
        self._rules.require_permitted(remote, port)
        self._require_fresh((local_host, local_port), (host, port))
        self._meters.take("outsockets")
        opened: socket.socket | None = None
        try:
            yield from self._charge(is_loopback(remote), 128, 64)
            opened = bound(local, local_port, socket.SOCK_STREAM)
            yield from _connect(opened, (host, port), timeout_s)
        except BaseException:
            self._meters.give_back("outsockets")
            if opened is not None:
                opened.close()
            raise
        return self._keep(opened, (local_host, local_port), (host, port), is_loopback(remote))

    def listen(self, host: str, port: int) -> int:
        """Take connections on a local port (RP-17); returns a handle."""
        local = self._local(host, port)
        if any(address == (host, port) for address, _ in self._servers.values()):
            raise CallFailed("AlreadyListeningError", f"{host}:{port} is listened on already")
        self._require_granted(port)
        require_own(local)
        self._meters.take("insockets")
        try:
            server = bound(local, port, socket.SOCK_STREAM)
            try:
                server.listen(_BACKLOG)
            except OSError:
                server.close()
                raise CallFailed(
                    "DuplicateTupleError", f"{local} port {port} is in use"
                ) from None
        except CallFailed:
            self._meters.give_back("insockets")
            raise
        self._last += 1
        self._servers[self._last] = ((host, port), server)
        return self._last

    def accept(self, handle: int) -> Waits:
        """The next connection that somebody made (RP-18)."""
        if handle not in self._servers:
            raise CallFailed("SocketClosedLocal", "the server is closed")
        local, server = self._servers[handle]
        if not _is_readable(server):
            raise CallFailed("SocketWouldBlockError", "nobody has connected")
        self._meters.take("outsockets")
        opened: socket.socket | None = None
        try:
            try:
                opened, sender = server.accept()
            except BlockingIOError:
                raise CallFailed("SocketWouldBlockError", "nobody has connected") from None
            except OSError as error:
                raise CallFailed("SocketWouldBlockError", str(error.strerror)) from None
            opened.setblocking(False)
            remote = (str(sender[0]), int(sender[1]))
            loop = is_loopback_host(remote[0])
            yield from self._charge(loop, 64, 128)
        except BaseException:
            self._meters.give_back("outsockets")
            if opened is not None:
                opened.close()
            raise
        return [*remote, self._keep(opened, local, remote, loop)]

    def send(self, handle: int, data: bytes) -> Waits:
        """Hand over bytes (RP-19); returns how many were taken."""
        connection = self._get(handle)
        if len(data) > PIECE:
            raise CallFailed("RepyArgumentError", "too much at once")
        direction = "loopsend" if connection.loop else "netsend"
        yield from self._meters.wait(direction)
        connection = self._get(handle)
        if _remote_has_closed(connection.opened):
            raise CallFailed("SocketClosedRemote", "the other side has closed")
        try:
            sent = connection.opened.send(data[: self._second_of(direction)]) if data else 0
        except BlockingIOError:
            raise CallFailed("SocketWouldBlockError", "the other side does not read") from None
        except OSError as error:
            raise _broken(error) from None
        self._meters.add(direction, HEADER + sent)
        self._meters.add("looprecv" if connection.loop else "netrecv", HEADER)
        return sent

    def receive(self, handle: int, size: int) -> Waits:
        """1 to `size` bytes (RP-19b); what came before the other side closed is still read."""
        connection = self._get(handle)
        if size < 1:
            raise CallFailed("RepyArgumentError", "at least 1 byte must be asked for")
        direction = "looprecv" if connection.loop else "netrecv"
        yield from self._meters.wait(direction)
        connection = self._get(handle)
        try:
            data = connection.opened.recv(min(size, PIECE, self._second_of(direction)))
        except BlockingIOError:
            raise CallFailed("SocketWouldBlockError", "nothing has come") from None
        except OSError as error:
            raise _broken(error) from None
        if not data:
            raise CallFailed("SocketClosedRemote", "the other side has closed")
        self._meters.add(direction, HEADER + len(data))
        self._meters.add("loopsend" if connection.loop else "netsend", HEADER)
        return data

    def close(self, handle: int) -> bool:
        """Hang up (RP-19c); True the first time."""
        connection = self._connections.pop(handle, None)
        if connection is None:
            return False
        connection.opened.close()
        self._meters.give_back("outsockets")
        self._meters.add("looprecv" if connection.loop else "netrecv", 64)
        self._meters.add("loopsend" if connection.loop else "netsend", 128)
        return True

    def close_server(self, handle: int) -> bool:
        """Stop listening (RP-18b); True the first time."""
        if handle not in self._servers:
            return False
        self._servers.pop(handle)[1].close()
        self._meters.give_back("insockets")
        return True

    def close_all(self) -> None:
        """Close everything."""
        for _, server in self._servers.values():
            server.close()
        for connection in self._connections.values():
            connection.opened.close()
        self._servers.clear()
        self._connections.clear()

    def ports_in_use(self) -> list[int]:
        """Local ports listened on or connected from."""
        listened = {port for (_, port), _ in self._servers.values()}
        return sorted(listened | {c.local[1] for c in self._connections.values()})

    def _second_of(self, rate: str) -> int:
        """Most bytes at once: what would take longer to pay for than a second goes in parts."""
        return max(1, int(self._limits.amount(rate)))

    def _get(self, handle: int) -> _Connection:
        if handle not in self._connections:
            raise CallFailed("SocketClosedLocal", "the socket is closed")
        return self._connections[handle]

    def _keep(
        self, opened: socket.socket, local: tuple[str, int], remote: tuple[str, int], loop: bool
    ) -> int:
        self._last += 1
        self._connections[self._last] = _Connection(opened, local, remote, loop)
        return self._last

    def _charge(self, loop: bool, sent: int, received: int) -> Waits:
        yield from self._meters.charge("loopsend" if loop else "netsend", sent)
        yield from self._meters.charge("looprecv" if loop else "netrecv", received)

    def _local(self, host: str, port: int) -> Address:
        require_port(port, "localport")
        return self._rules.require_local(host)

    def _require_granted(self, port: int) -> None:
        if port not in self._limits.connport:
            raise CallFailed(
                "ResourceForbiddenError", f"TCP port {port} is not one of this vessel's"
            )

    def _require_fresh(self, local: tuple[str, int], remote: tuple[str, int]) -> None:
        for connection in self._connections.values():
            if (connection.local, connection.remote) == (local, remote):
                raise CallFailed("DuplicateTupleError", "there is such a connection already")
        if any(address == local for address, _ in self._servers.values()):
            raise CallFailed(
                "AlreadyListeningError", f"{local[0]}:{local[1]} is listened on already"
            )


def _connect(opened: socket.socket, target: tuple[str, int], timeout_s: float) -> Waits:
    outcome = opened.connect_ex(target)
    if outcome == errno.EINPROGRESS:
        if not (yield Writable(opened.fileno(), min(timeout_s, _LONGEST_CONNECT_S))):
            raise CallFailed("TimeoutError", f"no connection within {timeout_s:g} s")
        outcome = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if outcome:
        unknown = ("InternetConnectivityError", os.strerror(outcome))
        raise CallFailed(*_AT_CONNECT.get(outcome, unknown))


def _is_readable(server: socket.socket) -> bool:
    look = select.poll()
    look.register(server, select.POLLIN)
    return bool(look.poll(0))


def _remote_has_closed(opened: socket.socket) -> bool:
    try:
        return opened.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def _broken(error: OSError) -> CallFailed:
    if error.errno in _REMOTE_IS_GONE:
        return CallFailed("SocketClosedRemote", "the other side has closed")
    return CallFailed("SocketClosedLocal", str(error.strerror))
