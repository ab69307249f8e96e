"""Why a vessel ended, put together from what is known outside of it."""

import os
import signal

from seattle_p2p.vessel.status import Cause

CAUSES_A_PROGRAM_MAY_NAME: dict[str, Cause] = {
    "done": "done",
    "error": "error",
    "refused": "refused",
    "memory": "memory",
}
"""What only the program's own process can know; everything else is seen from outside."""


def why_silent(died: int | None, *, language: bool) -> tuple[Cause, str]:
    """What the wait status of a process that went without a word means.

    Args:
        died: The wait status; None when the process was nobody's to wait for.
        language: False for plain Python, which ends like any process: tests only.

    Returns:
        The cause, and words about it.
    """
    if died is not None and os.WIFEXITED(died) and not language:
        code = os.WEXITSTATUS(died)
        return "done" if code == 0 else "error", f"exit code {code}"
    if died is not None and os.WIFSIGNALED(died):
        name = signal.Signals(os.WTERMSIG(died)).name
        return "crash", f"the interpreter died with {name}"
    return "crash", "the interpreter ended without a word"


def one_line(text: str) -> str:
    """Words for people's terminals, which a program must not be able to command."""
    return "".join(each if each.isprintable() else " " for each in text)
