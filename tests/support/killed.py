"""Kills this process at one of the changes it makes to a folder, to see what a crash leaves."""

import os
import signal
import sys
from collections.abc import Collection


def kill_at(count: int, folder: str, events: Collection[str]) -> None:
    """End this process at the `count`-th audit event of those kinds that is about `folder`.

    Args:
        events: Names of audit events whose first argument is a path, such as ``os.rename``.
    """
    seen = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal seen
        if event in events and folder in str(arguments[0]):
            seen += 1
            if seen == count:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
