"""`seattle` as people run it: processes of their own, each person in a folder of their own."""

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Said:
    """What a finished command said."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


class Person:
    """Somebody at a machine: a folder, and commands run in it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)

    async def seattle(self, *arguments: str) -> Said:
        """Run a command to its end."""
        process = await self.start(*arguments)
        out, err = await process.communicate()
        assert process.returncode is not None
        assert "Traceback" not in err.decode(), err.decode()
        return Said(process.returncode, out.decode(), err.decode())

    async def needs(self, *arguments: str) -> Said:
        """Run a command that has to succeed."""
        said = await self.seattle(*arguments)
        assert said.code == 0, said
        return said

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        """Begin a command; the caller ends it."""
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "seattle_p2p.cli.main", *arguments),
            cwd=self.home,
            env={**os.environ, "SEATTLE_HOME": str(self.home / "seattle")},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )


async def first_line(process: asyncio.subprocess.Process) -> Any:
    """The JSON line with which a long-lived command says that it is ready."""
    assert process.stdout is not None
    async with asyncio.timeout(30):
        line = await process.stdout.readline()
    if not line:
        _, err = await process.communicate()
        raise AssertionError(err.decode())
    return json.loads(line)


async def end(process: asyncio.subprocess.Process, number: int = signal.SIGTERM) -> Said:
    """Signal a command, if it still runs, and take what it said meanwhile."""
    if process.returncode is None:
        process.send_signal(number)
    out, err = await process.communicate()
    assert process.returncode is not None
    return Said(process.returncode, out.decode(), err.decode())


def processes_naming(folder: Path) -> list[str]:
    """Command lines of live processes that name `folder` or hold something in it open."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            held = [os.readlink(item) for item in (entry / "fd").iterdir()]
        except OSError:
            continue
        if os.fsencode(folder) in command or any(str(folder) in item for item in held):
            found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found
