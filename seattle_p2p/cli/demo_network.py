"""A whole network of real processes in one throwaway folder, for the demo and for live tests.

Everybody has a folder and processes of their own and speaks to others over sockets only. Every
process runs in a session of its own, so that Ctrl-C reaches nobody but us, and carries the
folder in its environment, so that the guard (`demo_guard`) finds it whatever happens.
"""

import asyncio
import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypedDict

from seattle_p2p.cli.demo_guard import KEEP, MARKER, VARIABLE
from seattle_p2p.errors import SeattleError, Unreachable

NETWORK = "demo"
READY_S = 30.0
"""For a node to come up on a machine that is busy with ten others."""

MET_S = 10.0
"""For donors to hear of each other."""

_LOOK_S = 0.02
_PIPE = asyncio.subprocess.PIPE
_READY, _OUTPUT = "ready.json", "output.txt"
_SEATTLE = (sys.executable, "-m", "seattle_p2p.cli.main")
_PR_SET_PDEATHSIG = 1
_PLAN = """\
network = "{network}"
seeds = ["{seed}"]
note = "A demonstration: it ends with the folder it lives in."
"""
_VESSEL = """
[[vessel]]
percent = {percent}
owner = "{owner}"
"""


class _Around(TypedDict):
    env: Mapping[str, str]
    cwd: Path
    stdin: int
    start_new_session: bool
    preexec_fn: Callable[[], None] | None


class DemoFailed(SeattleError):
    """A part of the demonstration did not do what it should; nothing is left of it."""

    code = "demo"


@dataclass
class Process:
    """A long-lived process of the network; `facts` is what it said when it was ready."""

    name: str
    process: subprocess.Popen[bytes]
    facts: dict[str, Any]
    output: Path

    @property
    def pid(self) -> int:
        """For those who want to kill it."""
        return self.process.pid

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Signal it and wait until it is gone; its exit code."""
        self.process.send_signal(number)
        return await asyncio.to_thread(self.process.wait)


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    code: int
    out: str
    err: str


@dataclass
class DemoNetwork:
    """People and their machines, all under one folder.

    Args:
        folder: An empty or missing folder; a marker is put into it, so that the guard may
            remove it.
        keep: Whether processes are to live on when we are gone.
    """

    folder: Path
    keep: bool = False
    seed: Process | None = None
    donors: list[Process] = field(default_factory=list)
    _guard: subprocess.Popen[bytes] | None = None
    _lives_on: bool = False
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def open(self) -> None:
        """Make the folder and set the guard over it.

        Raises:
            DemoFailed: the folder is somebody's, or cannot be made.
        """
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            if any(self.folder.iterdir()):
                raise DemoFailed(
                    f"{self.folder} is not empty", hint="name a folder that does not exist yet"
                )
            (self.folder / MARKER).touch()
        except OSError as reason:
            raise DemoFailed(f"cannot use {self.folder}: {reason.strerror}") from reason
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "seattle_p2p.cli.demo_guard", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )

    def let_live(self) -> None:
        """Tell the guard that the network goes on without us."""
        assert self._guard is not None
        assert self._guard.stdin is not None
        self._guard.stdin.write(KEEP)
        self._lives_on = True

    async def close(self) -> bool:
        """Let the guard end everything and remove the folder; whether nothing is left."""
        if self._guard is None:
            return True
        guard, self._guard = self._guard, None
        assert guard.stdin is not None
        guard.stdin.close()
        clean = await asyncio.to_thread(guard.wait) == 0
        if not self._lives_on:
            for process in self._processes:
                await asyncio.to_thread(process.wait)
        return clean

    def home(self, person: str) -> Path:
        """Everything of one person."""
        return self.folder / person

    async def command(
        self,
        person: str,
        *arguments: str,
        stdout: IO[Any] | int = _PIPE,
        stderr: IO[Any] | int = _PIPE,
    ) -> Finished:
        """Run one `seattle` command as `person`, in that person's folder, to its end."""
        home = self.home(person)
        home.mkdir(mode=0o700, exist_ok=True)
        process = await self.spawn(person, arguments, stdout=stdout, stderr=stderr)
        try:
            out, err = await process.communicate()
        except BaseException:
            await _end(process)
            raise
        code = process.returncode
        assert code is not None
        return Finished(code, (out or b"").decode(), (err or b"").decode())

    async def need(self, person: str, *arguments: str) -> str:
        """Run a command that must succeed; what it printed.

        Raises:
            DemoFailed: it did not, with what it said.
        """
        finished = await self.command(person, *arguments)
        if finished.code:
            raise DemoFailed(
                f"`seattle {' '.join(arguments)}` of {person} ended with exit code "
                f"{finished.code}: {finished.err.strip()}"
            )
        return finished.out

    async def start_seed(self) -> str:
        """Bring the seed up; its address, ``KEY@HOST:PORT``."""
        self.seed = await self.start(
            "seed", "seed", "run", "--bind", "127.0.0.1", "--network", NETWORK, "--json"
        )
        return str(self.seed.facts["address"])

    async def stop_seed(self) -> None:
        """Shut the seed down."""
        assert self.seed is not None
        await self.seed.stop()

    async def build_installer(self, owner: str, *, seed: str, vessels: int = 2) -> Path:
        """Have a planner build an installer that gives all vessels to `owner`."""
        planner = self.home("planner")
        await self.need("planner", "keys", "new")
        percents = [100 // vessels + (index < 100 % vessels) for index in range(vessels)]
        plan = _PLAN.format(network=NETWORK, seed=seed)
        plan += "".join(_VESSEL.format(percent=p, owner=owner) for p in percents)
        (planner / "demo.toml").write_text(plan)
        await self.need("planner", "planner", "build", str(planner / "demo.toml"))
        return planner / "demo.seattle"

    async def add_donor(self, name: str, installer: Path, *more: str) -> Process:
        """Install as a donor and run the node manager until it is ready."""
        folder = self.home(name)
        await self.need(
            f"{name}-home",
            *("donor", "install", str(installer), "--dir", str(folder), "--testbed", *more),
        )
        donor = await self.start(f"{name}-home", "donor", "run", "--dir", str(folder), "--json")
        self.donors.append(donor)
        return donor

    async def wait_until_met(self) -> bool:
        """Wait until every donor knows all others, by its own word; False when that takes long.

        Nobody needs that to take part. It is for those who want to shut the seed down at once.
        """
        everybody = len(self.donors) - 1 + (self.seed is not None)
        waiting = list(self.donors)
        for _ in range(int(MET_S / _LOOK_S)):
            while waiting and await self._peers_of(waiting[-1]) >= everybody:
                waiting.pop()
            if not waiting:
                return True
            await asyncio.sleep(_LOOK_S)
        return False

    async def _peers_of(self, donor: Process) -> int:
        """How many peers a donor's node knows, as it tells its donor; 0 when it is too busy."""
        from seattle_p2p.manager.control import Question, ask

        with contextlib.suppress(Unreachable):
            report = await ask(self.home(donor.name.removesuffix("-home")), Question("report"))
            return report.peers if report else 0
        return 0

    async def start(self, person: str, *arguments: str) -> Process:
        """Start a process that says what it is, as one line of JSON, when it is ready."""
        home = self.home(person)
        home.mkdir(mode=0o700, exist_ok=True)
        process = self._launch(person, arguments)
        ready, output = home / _READY, home / _OUTPUT
        try:
            for _ in range(int(READY_S / _LOOK_S)):
                if process.poll() is not None or ready.read_bytes().endswith(b"\n"):
                    break
                await asyncio.sleep(_LOOK_S)
            facts = json.loads(ready.read_bytes().partition(b"\n")[0])
        except ValueError as reason:
            process.kill()
            said = output.read_text(errors="replace").strip()[-600:]
            raise DemoFailed(
                f"{person} did not come up: {said or 'it said nothing'}"
            ) from reason
        except BaseException:
            process.kill()
            raise
        return Process(person, process, facts, output)

    def _launch(self, person: str, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
        """Start a process that may live on after us.

        So it writes into files, not pipes, and is not started in asyncio's own way, which
        kills what still runs when the loop closes.
        """
        home = self.home(person)
        with (home / _READY).open("wb") as out, (home / _OUTPUT).open("wb") as err:
            process = subprocess.Popen(
                [*_SEATTLE, *arguments], **self._around(person), stdout=out, stderr=err
            )
        self._processes.append(process)
        return process

    async def spawn(
        self, person: str, arguments: tuple[str, ...], **streams: Any
    ) -> asyncio.subprocess.Process:
        """Start one `seattle` command as `person`; its streams are pipes unless told."""
        streams = {"stdout": _PIPE, "stderr": _PIPE} | streams
        return await asyncio.create_subprocess_exec(
            *_SEATTLE, *arguments, **self._around(person), **streams
        )

    def _around(self, person: str) -> _Around:
        """How each process of `person` is started."""
        return {
            "env": self.environment(person),
            "cwd": self.home(person),
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
            "preexec_fn": None if self.keep else _die_with(os.getpid()),
        }

    def environment(self, person: str) -> Mapping[str, str]:
        """What a person's commands find around them."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("SEATTLE_")}
        home = str(self.home(person))
        return kept | {
            "SEATTLE_HOME": home,
            "SEATTLE_NETWORK": NETWORK,
            VARIABLE: str(self.folder),
        }


def _die_with(parent: int) -> Callable[[], None]:
    """What a child does before it begins: ask to be ended when `parent` is gone."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def ask() -> None:
        if library is not None:
            library.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:
                os._exit(1)

    return ask


async def _end(process: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.wait()
