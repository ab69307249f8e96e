"""Names of what lies in a vessel's folder, and how its keeper's socket is reached."""

import os
import socket
import struct
from pathlib import Path

FILES = "files"
LOG = "log"
STATUS = "status"
LOCK = "lock"
CONTROL = "control"
NOTE = "keeper.log"

_CREDENTIALS = struct.Struct("3i")


def connect_in(folder: Path, name: str) -> socket.socket:
    """Connect to the Unix stream socket `name` in `folder`, however long the folder's path is.

    A socket's address holds 108 bytes; the way through the folder's descriptor is always short.

    Raises:
        OSError: Nobody listens there, or somebody who is neither us nor root does.
    """
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        connection.connect(f"/proc/self/fd/{fd}/{name}")
        require_same_user(connection)
    except OSError:
        connection.close()
        raise
    finally:
        os.close(fd)
    return connection


def listen_in(folder: Path, name: str) -> socket.socket:
    """Listen on the Unix stream socket `name` in `folder`; one left by a dead process goes.

    Raises:
        OSError: The folder cannot be written.
    """
    (folder / name).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    before = os.umask(0o177)
    try:
        listener.bind(f"/proc/self/fd/{fd}/{name}")
        listener.listen(8)
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(before)
        os.close(fd)
    return listener


def require_same_user(connection: socket.socket) -> int:
    """The process at the other end.

    Raises:
        PermissionError: It belongs to another user than us, and not to root.
    """
    packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, uid, _ = _CREDENTIALS.unpack(packed)
    if uid not in (os.geteuid(), 0):
        raise PermissionError(f"the other end belongs to user {uid}")
    return int(pid)
