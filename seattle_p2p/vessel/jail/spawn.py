"""Make the jailed process: two forks, a socket pair to its broker, nothing else.

    keeper ── fork ──▶ middle ── leaves for namespaces, fork ──▶ vessel
       ◀── vessel's pid ──┘ ends                        waits for the keeper's word, is confined

The middle process exists because a process namespace begins with the next child. The vessel
asks for its death signal only when the middle one is gone and the keeper has become its
parent.
"""

import contextlib
import os
import resource
import socket
import struct
from collections.abc import Callable

import msgspec

from seattle_p2p.vessel.jail import libc
from seattle_p2p.vessel.jail.layers import Confinement

CHANNEL = 3
"""The broker's descriptor in the vessel."""

CHANNEL_BUFFER = 1024 * 1024
"""Bytes a socket pair's direction may hold: several of the largest messages."""

_PID = struct.Struct("<q")


class Child(msgspec.Struct, frozen=True):
    """A vessel's process as its keeper holds it."""

    pid: int
    channel: socket.socket
    """Messages with borders, to and from the broker."""
    output: int
    """Read end of what it writes to descriptors 1 and 2; -1 when that goes nowhere."""


def spawn(
    body: Callable[[socket.socket, tuple[str, ...]], None],
    confinement: Confinement,
    *,
    with_output: bool,
) -> Child:
    """Fork a process that is confined and then runs `body`, which must not return.

    Must be called by the only thread of a process that stays: when that thread ends, the
    vessel is killed.

    Args:
        body: Gets the channel and the layers that hold.
        confinement: What to confine it to.
        with_output: Keep what it prints, for tests; otherwise it goes nowhere.

    Raises:
        OSError: No process could be made.
    """
    with contextlib.suppress(OSError):
        libc.prctl(libc.PR_SET_CHILD_SUBREAPER, 1)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in (ours, theirs):
        with contextlib.suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, CHANNEL_BUFFER)
    go_read, go_write = os.pipe()
    pid_read, pid_write = os.pipe()
    output_read, output_write = os.pipe() if with_output else (-1, -1)
    middle = os.fork()
    if middle == 0:
        try:
            os.setsid()
            confinement.leave()
            vessel = os.fork()
            if vessel:
                os.write(pid_write, _PID.pack(vessel))
                os._exit(0)
            os.close(go_write)
            if os.read(go_read, 1) != b"g":
                os._exit(70)
            channel = _rewire(theirs, output_write)
            confinement.close()
            _require_keeper(channel)
            body(channel, confinement.seal())
        finally:
            os._exit(70)
    theirs.close()
    os.close(go_read)
    os.close(pid_write)
    if output_write >= 0:
        os.close(output_write)
    try:
        os.waitpid(middle, 0)
        told = os.read(pid_read, _PID.size)
        if len(told) < _PID.size:
            raise OSError("the vessel's process could not be made")
        os.write(go_write, b"g")
    finally:
        os.close(pid_read)
        os.close(go_write)
    return Child(_PID.unpack(told)[0], ours, output_read)


def _rewire(channel: socket.socket, output: int) -> socket.socket:
    """Leave descriptors 0 (null), 1 and 2 (output or null) and 3 (the channel), no other.

    The keeper's own 0 is the null device: the zygote was started so.
    """
    fd = channel.detach()
    os.dup2(max(output, 0), 1)
    os.dup2(max(output, 0), 2)
    os.dup2(fd, CHANNEL)
    os.closerange(CHANNEL + 1, max(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 1024))
    return socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET, fileno=CHANNEL)


def _require_keeper(channel: socket.socket) -> None:
    """End when the keeper died before the death signal was set: its end is closed then."""
    channel.setblocking(False)
    try:
        if channel.recv(1, socket.MSG_PEEK) == b"":
            os._exit(70)
    except BlockingIOError:
        pass
    except OSError:
        os._exit(70)
    finally:
        channel.setblocking(True)
