"""Where a node listens, and which addresses it tells others."""

import errno
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import psutil

from seattle_p2p.errors import InstallError, UsageError
from seattle_p2p.vessel.resources import VESSEL_PORTS
from seattle_p2p.wire.endpoints import Endpoint, endpoint
from seattle_p2p.wire.limits import MAX_ENDPOINTS

_ATTEMPTS = 20
"""To find a number that is free for TCP and UDP at once."""
_BACKLOG = 256


@dataclass(frozen=True)
class Listening:
    """The sockets of a node: `host` as bound, UDP for the overlay, TCP for commands."""

    host: str
    commands: socket.socket
    command_port: int
    overlay_port: int


async def listen(
    host: str,
    command_port: int,
    overlay_port: int,
    open_overlay: Callable[[str, int], Awaitable[None]],
) -> Listening:
    """Take both ports; a port of 0 is any free one, the same number for both if possible.

    Raises:
        InstallError: a port is taken, or the address is none of this machine's.
    """
    for left in reversed(range(_ATTEMPTS)):
        commands = _listen_tcp(host, command_port)
        number = commands.getsockname()[1]
        chosen = overlay_port or number
        try:
            if not command_port and number in VESSEL_PORTS:
                raise OSError(errno.EADDRINUSE, "kept for vessels")
            await open_overlay(host, chosen)
        except OSError as reason:
            commands.close()
            any_will_do = not command_port and not overlay_port
            if reason.errno == errno.EADDRINUSE and any_will_do and left:
                continue
            raise _cannot_listen("UDP", host, chosen, reason) from reason
        except BaseException:
            commands.close()
            raise
        return Listening(host, commands, number, chosen)
    raise AssertionError("the last attempt returns or raises")


def advertised(
    listening: Listening, public: str, seen_at: Endpoint | None
) -> tuple[Sequence[Endpoint], Sequence[Endpoint]]:
    """Addresses to tell others, UDP then TCP: the donor's word, what peers see, our own.

    Args:
        public: ``HOST`` or empty, as the donor says.
        seen_at: Where peers see the overlay's socket, if they agree.
    """
    hosts: list[str] = []
    if public:
        hosts = _resolve(public)
    elif not ipaddress.ip_address(_literal(listening.host)).is_unspecified:
        hosts = _resolve(listening.host)
    else:
        hosts = ([seen_at.host] if seen_at else []) + _own_addresses(listening.host)
    hosts = list(dict.fromkeys(hosts))[: MAX_ENDPOINTS // 2]
    return (
        tuple(endpoint(host, listening.overlay_port) for host in hosts),
        tuple(endpoint(host, listening.command_port) for host in hosts),
    )


def _listen_tcp(host: str, port: int) -> socket.socket:
    if host == "::" and not _has_ipv6():
        host = "0.0.0.0"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    dual = host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(
            (host, port), family=family, backlog=_BACKLOG, dualstack_ipv6=dual
        )
    except OSError as reason:
        raise _cannot_listen("TCP", host, port, reason) from reason


def _has_ipv6() -> bool:
    """Whether the kernel knows IPv6; some are told not to."""
    try:
        socket.socket(socket.AF_INET6, socket.SOCK_STREAM).close()
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::", 0))
    except OSError:
        return False
    return True


def _cannot_listen(kind: str, host: str, port: int, reason: OSError) -> InstallError:
    if reason.errno == errno.EADDRINUSE:
        return InstallError(
            f"{kind} port {port} on {host} is taken by another program",
            hint="end that program; or is a node manager running already?"
            " See `seattle donor status`",
        )
    return InstallError(
        f"cannot listen on {host}, {kind} port {port}: {reason.strerror or reason}",
        hint="--bind takes an address of this machine, or 0.0.0.0 for all",
    )


def _literal(host: str) -> str:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return "0.0.0.1"  # a name: certainly not the unspecified address


def _resolve(host: str) -> list[str]:
    """Address literals of a host.

    Raises:
        UsageError: nobody knows it.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as reason:
        raise UsageError(
            f"{host!r} is no address and no known name", hint="give an IP address"
        ) from reason
    return [str(entry[4][0]) for entry in found]


def _own_addresses(bound: str) -> list[str]:
    """This machine's addresses, those of the world first, loopback only when alone."""
    families = (socket.AF_INET, socket.AF_INET6) if bound == "::" else (socket.AF_INET,)
    found = []
    for addresses in psutil.net_if_addrs().values():
        for address in addresses:
            if address.family not in families:
                continue
            ip = ipaddress.ip_address(address.address.partition("%")[0])
            if not (ip.is_link_local or ip.is_multicast or ip.is_unspecified):
                found.append((ip.is_loopback, not ip.is_global, ip.version, str(ip)))
    found.sort()
    outside = [entry[3] for entry in found if not entry[0]]
    return outside or [entry[3] for entry in found]
