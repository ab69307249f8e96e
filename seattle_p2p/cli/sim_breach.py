"""What is left of a run that breached: its last datagrams, and the smallest run like it."""

import sys
from pathlib import Path

from seattle_p2p.cli import output
from seattle_p2p.errors import UsageError
from seattle_p2p.sim.run import Result
from seattle_p2p.sim.scenario_text import scenario_text
from seattle_p2p.sim.shrink import Shrunk, shrink

_TOLD = 10


def keep_breach(result: Result, folder: Path, keep: Path, budget_s: float) -> str:
    """Write down what a breach left, and make it small.

    Args:
        result: The run.
        folder: Where files that the scenario names are looked for.
        keep: Folder to write `trace.txt` and `minimal.toml` into; made when missing.
        budget_s: Seconds to spend on making it smaller; 0: none.

    Returns:
        The command that shows the breach again in its smallest form.

    Raises:
        UsageError: the folder cannot be written.
    """
    output.note("the last datagrams before the end:")
    for delivery in result.last[-_TOLD:]:
        output.note(f"  {delivery}")
    shrunk = _smallest(result, folder, budget_s)
    minimal = keep / "minimal.toml"
    try:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / "trace.txt").write_text("".join(f"{each}\n" for each in result.last))
        minimal.write_text(scenario_text(shrunk.scenario))
    except OSError as reason:
        raise UsageError(
            f"cannot write into {keep}: {reason.strerror}",
            hint="name another folder with --keep",
        ) from None
    output.note(
        f"smallest that breaches: {shrunk.scenario.hosts} machines,"
        f" {shrunk.scenario.meta.duration_s:g} virtual seconds, after {shrunk.tried} runs:"
        f" {shrunk.verdict.name}: {shrunk.verdict.detail}"
    )
    return f"seattle sim run {minimal} --seed {result.seed}"


def _smallest(result: Result, folder: Path, budget_s: float) -> Shrunk:
    def show(tried: int, machines: int) -> None:
        sys.stderr.write(f"\r\x1b[Kmaking it smaller: {tried} runs, {machines} machines")
        sys.stderr.flush()

    tell = show if sys.stderr.isatty() else None
    try:
        return shrink(result, folder, budget_s=budget_s, tell=tell)
    finally:
        if tell is not None:
            sys.stderr.write("\r\x1b[K")
