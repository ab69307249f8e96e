"""Ctrl-C ends the command that runs, and nothing else."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable
from typing import Any

_NOT_HERE = (NotImplementedError, RuntimeError, ValueError)
"""What a loop says that cannot listen to signals: on Windows, and outside the main thread."""


class Interrupted(Exception):
    """Ctrl-C came while a command was carried out."""


async def cancellable(work: Callable[[], Awaitable[int]]) -> int:
    """Wait for `work`; Ctrl-C ends it and nothing else.

    Raises:
        Interrupted: Ctrl-C came first.
    """
    task = asyncio.ensure_future(work())
    cancel_on_ctrl_c(task)
    try:
        return await task
    except asyncio.CancelledError:
        current = asyncio.current_task()
        if current is not None and current.cancelling():
            task.cancel()
            raise
        raise Interrupted from None
    finally:
        with contextlib.suppress(*_NOT_HERE):
            asyncio.get_running_loop().remove_signal_handler(signal.SIGINT)


def cancel_on_ctrl_c(task: "asyncio.Future[Any] | None") -> None:
    """Let Ctrl-C cancel `task` from now on; who listened meanwhile listens no more."""
    if task is not None:
        with contextlib.suppress(*_NOT_HERE):
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, task.cancel)
