"""Which layers of containment hold on this machine: tried in a child, never guessed.

Run as a module this makes one confined process that tells which layers it proved, in the
folder the caller stands in, and prints them.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

from seattle_p2p.vessel.jail import cgroups
from seattle_p2p.vessel.jail.layers import LAYERS, Confinement, enough
from seattle_p2p.vessel.jail.spawn import spawn

_PATIENCE_S = 20.0
_ADDRESS_SPACE = 1024 * 1024 * 1024
_THREADS = 4


def held_layers(folder: Path) -> tuple[str, ...]:
    """Names of the layers that hold for a process started from `folder`; none when unsure."""
    try:
        told = subprocess.run(
            [sys.executable, "-P", "-m", __name__],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_PATIENCE_S,
            check=True,
        )
        held = json.loads(told.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return ()
    return tuple(name for name in LAYERS if name in held)


def missing_layers(held: tuple[str, ...]) -> tuple[str, ...]:
    """The layers that do not hold."""
    return tuple(name for name in LAYERS if name not in held)


def suffices(held: tuple[str, ...]) -> bool:
    """True when strangers' programs may run behind these layers."""
    return enough(held)


def _tell(channel: socket.socket, layers: tuple[str, ...]) -> None:
    channel.send(json.dumps(layers).encode())
    channel.recv(2)  # stay until the group around us was looked at
    os._exit(0)


def _main() -> None:
    group = cgroups.make(os.getpid(), cgroups.Bounds(1.0, _ADDRESS_SPACE, _THREADS))
    child = spawn(_tell, Confinement(_ADDRESS_SPACE, _THREADS, os.getpid()), with_output=False)
    child.channel.settimeout(_PATIENCE_S)
    told = json.loads(child.channel.recv(4096).decode() or "[]")
    if group is not None:
        with contextlib.suppress(OSError):
            group.add(child.pid)
        told += ["cgroups"] * group.holds(child.pid)
    child.channel.send(b"go")
    os.waitpid(child.pid, 0)
    if group is not None:
        group.remove()
    print(json.dumps(told))


if __name__ == "__main__":
    _main()
