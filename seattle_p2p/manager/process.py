"""Which process is the node manager of a folder, so that one that hangs can be ended.

A number alone could be another program's by now; with the moment at which the process began it
names one process for ever.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

_GENTLE_S = 5.0
"""For a process to end after it was asked to; then it is ended."""
_SAME_MOMENT_S = 0.02
"""The kernel counts the start of processes in hundredths of a second."""


@contextmanager
def recorded(path: Path) -> Iterator[None]:
    """Say in a file which process this is while the block runs."""
    me = psutil.Process()
    path.write_text(json.dumps({"pid": me.pid, "started": me.create_time()}))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def find_recorded(path: Path) -> psutil.Process | None:
    """The process that wrote the file, if it still is there."""
    try:
        said = json.loads(path.read_text())
        process = psutil.Process(int(said["pid"]))
        same = abs(process.create_time() - float(said["started"])) < _SAME_MOMENT_S
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None
    return process if same and process.pid != os.getpid() else None


async def end_recorded(path: Path) -> bool:
    """End that process, gently first; whether there was one."""
    process = find_recorded(path)
    if process is None:
        return False
    with contextlib.suppress(psutil.Error):
        process.terminate()
        with contextlib.suppress(psutil.TimeoutExpired):
            await asyncio.to_thread(process.wait, _GENTLE_S)
            return True
        process.kill()
        await asyncio.to_thread(process.wait, _GENTLE_S)
    return True
