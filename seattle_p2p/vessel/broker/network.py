"""A program's datagrams: sockets are opened, bound, read and written here, and only here."""

import errno
import functools
import socket

from seattle_p2p.vessel.broker.addresses import (
    Address,
    AddressRules,
    is_loopback,
    is_loopback_host,
    require_port,
    told_address,
)
from seattle_p2p.vessel.broker.meters import Meters, Waits
from seattle_p2p.vessel.control import NetworkRules
from seattle_p2p.vessel.repy_errors import CallFailed
from seattle_p2p.vessel.resources import Resources
from seattle_p2p.wire.limits import OVERLAY_MAGIC

MAX_DATAGRAM = 9216
"""Bytes of one message (Repy V2's limit)."""

HEADER = 64
"""Charged for each packet beside its data."""

_WAYS = 256
_DROPS_PER_CALL = 64
_RETRY_S = 0.005

_ELSEWHERE = {socket.AF_INET: ("192.0.2.1", 9), socket.AF_INET6: ("2001:db8::1", 9)}
"""Addresses of documentation (RFC 5737, RFC 3849): asking the way to them sends nothing."""


class Network:
    """Sockets of one program.

    Args:
        limits: Ports and numbers granted.
        rules: The donor's word.
        meters: Charged for every packet.
    """

    def __init__(self, limits: Resources, rules: NetworkRules, meters: Meters) -> None:
        self._limits = limits
        self._told = told_address(rules)
        self._meters = meters
        self.rules = AddressRules(rules, limits.messport | limits.connport, self.is_own)
        self._servers: dict[int, tuple[str, int, socket.socket]] = {}
        self._listening: dict[tuple[str, int], socket.socket] = {}
        # A program that sends much sends to few: what was found permitted once still is.
        self._way = functools.lru_cache(maxsize=_WAYS)(self._find_way)
        self._own: dict[Address, bool] = {}
        self._last = 0

    def my_ip(self) -> Waits:
        """The address others see (RP-11): the node's own, or that of the way to others."""
        yield from self._meters.charge("netsend", 256)
        yield from self._meters.charge("netrecv", 128)
        if self._told:
            return self._told
        for family, target in _ELSEWHERE.items():
            try:
                with socket.socket(family, socket.SOCK_DGRAM) as probe:
                    probe.connect(target)
                    return str(probe.getsockname()[0])
            except OSError:
                continue
        raise CallFailed("InternetConnectivityError", "this machine has no way to others")

    def send_message(
        self, host: str, port: int, data: bytes, local_host: str, local_port: int
    ) -> Waits:
        """Send one datagram (RP-12), from the port listened on when there is one."""
        if len(data) > MAX_DATAGRAM:
            raise CallFailed(
                "RepyArgumentError", f"{len(data)} bytes in a message, limit {MAX_DATAGRAM}"
            )
        local, direction = self._way(host, port, local_host, local_port)
        if data.startswith(OVERLAY_MAGIC):
            raise CallFailed(
                "ResourceForbiddenError", "messages may not begin like those of the testbed"
            )
        # Whether a port is listened on may change while we wait for the rate.
        counted = (local_host, local_port) not in self._listening
        if counted:
            self._meters.take("outsockets")
        try:
            yield from self._meters.charge(direction, HEADER + len(data))
            borrowed = self._listening.get((local_host, local_port))
            if borrowed is None and not counted:
                self._meters.take("outsockets")
                counted = True
            sender = borrowed or bound(local, local_port, socket.SOCK_DGRAM)
            try:
                return (yield from _send(sender, data, (host, port)))
            finally:
                if borrowed is None:
                    sender.close()
        finally:
            if counted:
                self._meters.give_back("outsockets")

    def listen_message(self, host: str, port: int) -> int:
        """Receive datagrams on a local port (RP-13); returns a handle."""
        local = self._local(host, port)
        if (host, port) in self._listening:
            raise CallFailed("AlreadyListeningError", f"{host}:{port} is listened on already")
        require_own(local)
        self._require_granted(port)
        self._meters.take("insockets")
        try:
            server = bound(local, port, socket.SOCK_DGRAM)
        except CallFailed:
            self._meters.give_back("insockets")
            raise
        self._last += 1
        self._servers[self._last] = (host, port, server)
        self._listening[host, port] = server
        return self._last

    def get_message(self, handle: int) -> Waits:
        """The next datagram (RP-14); what looks like the overlay's own is dropped unseen."""
        if handle not in self._servers:
            raise CallFailed("SocketClosedLocal", "the server is closed")
        server = self._servers[handle][2]
        for _ in range(_DROPS_PER_CALL):
            try:
                data, sender = server.recvfrom(65535)
            except BlockingIOError:
                break
            except OSError as error:
                if error.errno in (errno.ECONNREFUSED, errno.EINTR):
                    continue
                raise CallFailed("SocketClosedLocal", "the server is closed") from None
            if data.startswith(OVERLAY_MAGIC):
                continue
            host, port = sender[0], sender[1]
            direction = "looprecv" if is_loopback_host(host) else "netrecv"
            yield from self._meters.charge(direction, HEADER + len(data))
            return [host, port, data]
        raise CallFailed("SocketWouldBlockError", "no message has come")

    def close_server(self, handle: int) -> bool:
        """Stop listening (RP-15); True the first time."""
        if handle not in self._servers:
            return False
        host, port, server = self._servers.pop(handle)
        del self._listening[host, port]
        server.close()
        self._meters.give_back("insockets")
        return True

    def ports_in_use(self) -> list[int]:
        """Local ports listened on."""
        return sorted(port for _, port, _ in self._servers.values())

    def close_all(self) -> None:
        """Close every socket."""
        for _, _, server in self._servers.values():
            server.close()
        self._servers.clear()
        self._listening.clear()

    def is_own(self, address: Address) -> bool:
        """True for an address of this machine: one that can be bound to."""
        if address not in self._own:
            if len(self._own) > 1000:
                self._own.clear()
            self._own[address] = _can_bind(address)
        return self._own[address]

    def _local(self, host: str, port: int) -> Address:
        require_port(port, "localport")
        return self.rules.require_local(host)

    def _require_granted(self, port: int) -> None:
        if port not in self._limits.messport:
            raise CallFailed(
                "ResourceForbiddenError", f"UDP port {port} is not one of this vessel's"
            )

    def _find_way(
        self, host: str, port: int, local_host: str, local_port: int
    ) -> tuple[Address, str]:
        """The local address and what is charged for sending from it to somebody.

        Raises:
            CallFailed: There is no such way, or this vessel may not take it.
        """
        local = self._local(local_host, local_port)
        remote = self.rules.destination(host, port)
        if remote.version != local.version:
            raise CallFailed("RepyArgumentError", f"no way from {local} to {remote}")
        if port == local_port and remote == local:
            raise CallFailed("RepyArgumentError", "source and destination are the same")
        self._require_granted(local_port)
        self.rules.require_permitted(remote, port)
        return local, "loopsend" if is_loopback(remote) else "netsend"


def require_own(local: Address) -> None:
    """Raise AddressBindingError unless `local` can be bound to now: machines move about."""
    if not is_loopback(local) and not _can_bind(local):
        raise CallFailed("AddressBindingError", f"{local} is not an address of this machine")


def bound(local: Address, port: int, kind: socket.SocketKind) -> socket.socket:
    """A socket at that local address that never blocks.

    Raises:
        CallFailed: the port is taken, or the address is not this machine's.
    """
    family = socket.AF_INET if local.version == 4 else socket.AF_INET6
    opened = socket.socket(family, kind)
    opened.setblocking(False)
    if kind is socket.SOCK_STREAM:
        # One local port serves connections to many; without this the kernel keeps it for
        # minutes.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((str(local), port))
    except OSError as error:
        opened.close()
        taken = error.errno == errno.EADDRINUSE
        name = "DuplicateTupleError" if taken else "AddressBindingError"
        raise CallFailed(name, f"{local} port {port}: {error.strerror}") from None
    return opened


def _send(sender: socket.socket, data: bytes, target: tuple[str, int]) -> Waits:
    while True:
        try:
            return sender.sendto(data, target)
        except BlockingIOError:
            yield _RETRY_S
        except OSError as error:
            if error.errno == errno.EMSGSIZE:
                raise CallFailed("RepyArgumentError", "the message is too long") from None
            if error.errno == errno.ECONNREFUSED:
                continue  # an earlier datagram's fate, told late
            raise CallFailed("InternetConnectivityError", str(error.strerror)) from None


def _can_bind(address: Address) -> bool:
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((str(address), 0))
    except OSError:
        return False
    return True
