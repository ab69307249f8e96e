"""Machines of their own on one cable: network namespaces on a bridge, for live tests.

Each has a real network stack with its own addresses; nothing leaves the bridge. A machine's
coroutines run in a thread that lives there (`Machine.do`), processes are started there
(`Machine.command`).
"""

import asyncio
import contextlib
import ctypes
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def why_not() -> str:
    """Why there can be no namespaces here; empty when there can."""
    if sys.platform != "linux":
        return "network namespaces are of Linux"
    if os.geteuid() != 0:
        return "only root makes network namespaces"
    if not shutil.which("ip"):
        return "iproute2 is not installed"
    return ""


needs_namespaces = pytest.mark.skipif(bool(why_not()), reason=why_not() or "-")


@dataclass
class Machine:
    """One machine; `v4` and `v6` are its addresses, empty when it has none of that kind."""

    name: str
    v4: str = ""
    v6: str = ""

    def __post_init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None

    async def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine to its end in this machine's own event loop, and network."""
        return await asyncio.wrap_future(
            asyncio.run_coroutine_threadsafe(work, self._own_loop())
        )

    def stop(self) -> None:
        """End the machine's event loop, if there is one."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _own_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(target=self._live, args=(self._loop,))
            self._thread.start()
        return self._loop

    def _live(self, loop: asyncio.AbstractEventLoop) -> None:
        with Path(f"/run/netns/{self.name}").open() as there:
            if _libc.setns(there.fileno(), CLONE_NEWNET):
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number))
        asyncio.set_event_loop(loop)
        loop.run_forever()
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()

    def command(self, *words: str) -> list[str]:
        """The words of a command that runs there."""
        return ["ip", "netns", "exec", self.name, *words]


@dataclass
class Cable:
    """A bridge with machines on it; made by `cable`."""

    prefix: str
    undone: contextlib.ExitStack
    machines: list[Machine] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._hub = f"{self.prefix}-hub"
        self._make(self._hub)
        _ip("-n", self._hub, "link", "add", "name", "br0", "up", "type", "bridge")

    def _make(self, name: str) -> None:
        _ip("netns", "add", name)
        self.undone.callback(_ip, "netns", "del", name)

    def add(self, *, v4: bool = True, v6: bool = True) -> Machine:
        """One more machine, with addresses of these kinds."""
        number = len(self.machines) + 1
        machine = Machine(
            f"{self.prefix}-{number}",
            f"10.77.0.{number}" if v4 else "",
            f"fd77::{number:x}" if v6 else "",
        )
        self._make(machine.name)
        self.undone.callback(machine.stop)
        self.machines.append(machine)
        outer = f"p{number}"
        _ip(
            *("-n", self._hub, "link", "add", outer, "type", "veth"),
            *("peer", "name", "eth0", "netns", machine.name),
        )
        _ip("-n", self._hub, "link", "set", outer, "master", "br0", "up")
        if not v6:
            no_ipv6 = "sysctl -q -w net.ipv6.conf.all.disable_ipv6=1"
            subprocess.run(machine.command(*no_ipv6.split()), check=True, capture_output=True)
        lines = ["link set lo up", "link set eth0 up"]
        lines += [f"addr add {machine.v4}/24 dev eth0"] * v4
        lines += [f"addr add {machine.v6}/64 dev eth0 nodad"] * v6
        _ip("-n", machine.name, "-batch", "-", lines=lines)
        return machine


@contextlib.contextmanager
def cable() -> Iterator[Cable]:
    """A cable whose names collide with nobody's."""
    with contextlib.ExitStack() as undone:
        yield Cable(f"sp{os.getpid()}", undone)


def _ip(*words: str, lines: Sequence[str] = ()) -> None:
    given = "\n".join(lines).encode()
    subprocess.run(["ip", *words], check=True, capture_output=True, input=given)
