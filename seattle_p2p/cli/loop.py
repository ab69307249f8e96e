"""The event loop of commands: uvloop's where the extra `fast` is installed, else asyncio's."""

import asyncio
import importlib
import os
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

VARIABLE = "SEATTLE_LOOP"
"""``asyncio`` leaves uvloop alone, for comparisons."""


def run_loop(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's coroutine to its end, as `asyncio.run` does."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(work)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """What makes the loop; None for asyncio's own."""
    if os.environ.get(VARIABLE) == "asyncio":
        return None
    try:
        uvloop = importlib.import_module("uvloop")
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
