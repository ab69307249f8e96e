"""What all commands on many vessels share: options, progress, results, exit codes."""

import asyncio
import functools
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.loop import run_loop
from seattle_p2p.cli.person import open_person, person_options
from seattle_p2p.cli.places import research_dir
from seattle_p2p.errors import NotPermitted, UsageError

if TYPE_CHECKING:
    from seattle_p2p.experiment.group import FanOut, GroupResult, Outcome, Report
    from seattle_p2p.experiment.session import Experimenter
    from seattle_p2p.experiment.targets import Vessel

T = TypeVar("T")
Arguments = dict[str, str | list[str]]
Job: TypeAlias = (
    "Callable[[Experimenter, list[Vessel], Arguments, Report[T]], Awaitable[GroupResult[T]]]"
)
"""What a command does: to these vessels, as told, reporting each outcome as it comes."""

EXIT_SOME_FAILED, EXIT_ALL_FAILED, EXIT_REFUSED = 3, 4, 5
SLOW_S = 5.0
"""After this long a vessel that is still waited for is named."""

_TICK_S = 0.5
_NAMES_SHOWN = 6
_NODES_SHOWN = 40


@dataclass(frozen=True)
class Asked:
    """How a fan-out was asked for: by whom, at what pace, and whether to repeat."""

    key_name: str
    network: str
    passphrase_file: Path | None
    timeout_s: float
    parallel: int
    retry_failed: bool

    def open(self) -> "Experimenter":
        """The experimenter that these options describe; asks for a passphrase if need be."""
        person = open_person(self.key_name, self.network, self.passphrase_file)
        from seattle_p2p.experiment.session import Experimenter

        return Experimenter(
            person.key,
            network=person.network,
            folder=research_dir(),
            parallel=self.parallel,
            timeout_s=self.timeout_s,
        )


def fan_out_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a fan-out; the command gets them together as `asked`."""

    @functools.wraps(command)
    def bundled(
        *,
        key_name: str,
        network: str,
        passphrase_file: Path | None,
        timeout: float,
        parallel: int,
        retry_failed: bool,
        **others: Any,
    ) -> Any:
        asked = Asked(key_name, network, passphrase_file, timeout, parallel, retry_failed)
        return command(asked=asked, **others)

    options = (
        click.option(
            "--timeout",
            type=click.FloatRange(min=0.01),
            default=30.0,
            show_default=True,
            help="Seconds that one vessel may take.",
        ),
        click.option(
            "--parallel",
            type=click.IntRange(1, 1024),
            default=32,
            show_default=True,
            help="Machines worked on at once.",
        ),
        click.option(
            "--retry-failed",
            is_flag=True,
            help="Do the last such command again where it failed.",
        ),
    )
    decorated: Callable[..., Any] = bundled
    for option in reversed(options):
        decorated = option(decorated)
    return person_options(decorated)


def complete_targets(
    _context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Names of known vessels for the shell's completion, whoever's they are."""
    from seattle_p2p.errors import SeattleError
    from seattle_p2p.experiment.memory import Memory

    names = ["all"]
    for path in sorted(research_dir().glob("*.json")):
        try:
            names += [vessel.name for vessel in Memory(path).vessels]
        except SeattleError:
            continue
    return [name for name in names if name.startswith(incomplete)]


target_argument = click.argument(
    "target", required=False, default="", shell_complete=complete_targets
)
"""One word of targets in front of other arguments: ``all``, ``1-3,7``, a name."""

targets_argument = click.argument("targets", nargs=-1, shell_complete=complete_targets)
"""Any number of words of targets."""


def need(value: str, what: str, usage: str, asked: Asked) -> str:
    """`value`, which may be missing only beside ``--retry-failed``.

    Raises:
        UsageError: it is missing, with how the command is written.
    """
    if not value and not asked.retry_failed:
        raise UsageError(f"which {what}?", hint=usage)
    return value


def do(
    name: str,
    asked: Asked,
    words: Sequence[str],
    arguments: Arguments,
    job: "Job[T]",
) -> "GroupResult[T]":
    """Open the key, choose the vessels, do the job with progress, note what failed."""

    async def work() -> "GroupResult[T]":
        async with asked.open() as me:
            vessels, told = pick(me, name, words, arguments, asked)
            watched = Watched(name, len(vessels), me.engine)
            result = await watched.until(job(me, vessels, told, watched.report))
            me.memory.remember_command(name, told, result.failed)
            return result

    return run_loop(work())


def pick(
    me: "Experimenter", name: str, words: Sequence[str], arguments: Arguments, asked: Asked
) -> tuple[list["Vessel"], Arguments]:
    """The vessels and arguments of a command: as told now, or with ``--retry-failed`` as then.

    Raises:
        UsageError: nothing known fits, or there is something to say beside ``--retry-failed``.
    """
    if not asked.retry_failed:
        return me.choose(*words), arguments
    if any(words) or any(arguments.values()):
        raise UsageError(
            "--retry-failed takes vessels and arguments from the last time",
            hint=f"`seattle {name} --retry-failed`, with options only",
        )
    last = me.memory.last_command(name)
    known = {vessel.name: vessel for vessel in me.vessels}
    left = [known[vessel] for vessel in last.failed if vessel in known]
    if not left:
        raise UsageError(
            "the vessels on which it failed are not known any more",
            hint="look which there are: seattle browse",
        )
    return left, last.arguments


class Watched:
    """Shows on stderr how far a fan-out is, naming the slow ones.

    Args:
        what: The verb in front of the counts.
        engine: Asked which vessels are slow.
    """

    def __init__(self, what: str, total: int, engine: "FanOut[Any]") -> None:
        self._progress = output.Progress(what, total)
        self._engine = engine
        self._done = self._failed = 0

    def report(self, outcome: "Outcome[Any]") -> None:
        """Count one outcome."""
        self._done += 1
        self._failed += outcome.error is not None
        self._show()

    async def until(self, work: Awaitable[T]) -> T:
        """Wait for `work`, keeping the line fresh meanwhile."""
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                await asyncio.wait([task], timeout=_TICK_S)
                self._show()
            return task.result()
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self._progress.end()

    def _show(self) -> None:
        names = [vessel.name for vessel in self._engine.slow(SLOW_S)]
        self._progress.show(self._done, self._failed, names)


def described(vessel: "Vessel") -> dict[str, Any]:
    """How a vessel is named in JSON."""
    return {"vessel": vessel.name, "number": vessel.number}


def as_document(
    command: str,
    result: "GroupResult[T]",
    value: Callable[[T], Mapping[str, Any]] = lambda _: {},
) -> dict[str, Any]:
    """The JSON document of a fan-out."""
    return {
        "command": command,
        "ok": [described(v) | dict(value(r)) for v, r in result.ok.items()],
        "failed": [
            described(v) | {"code": e.code, "message": e.message, "hint": e.hint}
            for v, e in result.failed.items()
        ],
        "reasons": [
            {
                "code": reason.code,
                "message": reason.message,
                "hint": reason.hint,
                "vessels": [vessel.name for vessel in reason.vessels],
            }
            for reason in result.reasons
        ],
    }


def finish(
    command: str,
    result: "GroupResult[T]",
    *,
    as_json: bool,
    value: Callable[[T], Mapping[str, Any]] = lambda _: {},
    said: str = "",
) -> None:
    """Print the document, or a word on stderr; then leave with the exit code it deserves.

    Args:
        value: What JSON shows of a vessel's value.
        said: What was done, for people: ``uploaded x.py to``.
    """
    if as_json:
        output.document(as_document(command, result, value))
    elif said and result.ok:
        output.note(f"{said} {len(result.ok)} of {len(result.outcomes)}")
    tell_reasons(result)
    leave(exit_code(result))


def leave(code: int) -> None:
    """End the command with an exit code."""
    click.get_current_context().exit(code)


def tell_reasons(
    result: "GroupResult[Any]", *, reworded: Callable[[str], str] = lambda hint: hint
) -> None:
    """One block on stderr for each way to fail, with the vessels it hit.

    Args:
        reworded: How a hint is said where it is read.
    """
    for reason in result.reasons:
        output.note(f"failed on {len(reason.vessels)}: {reason.message}", fg="red")
        output.note(f"  {named(reason.vessels)}")
        if reason.hint:
            output.note(f"  next: {reworded(reason.hint)}")


def named(vessels: Sequence["Vessel"]) -> str:
    """A few vessels by name; many by their nodes, with how many on each."""
    if len(vessels) <= _NAMES_SHOWN:
        return ", ".join(vessel.name for vessel in vessels)
    nodes = Counter(vessel.node.short for vessel in vessels)
    shown = [f"{node} ({count})" for node, count in nodes.most_common(_NODES_SHOWN)]
    more = f" and {len(nodes) - len(shown)} more" if len(nodes) > len(shown) else ""
    word = "node" if len(nodes) == 1 else "nodes"
    return f"{len(nodes)} {word} (and vessels there): {', '.join(shown)}{more}"


def exit_code(result: "GroupResult[Any]") -> int:
    """0 all, 3 some failed, 4 all failed, 5 all refused."""
    if not result.failed:
        return 0
    if result.ok:
        return EXIT_SOME_FAILED
    refused = all(isinstance(error, NotPermitted) for error in result.failed.values())
    return EXIT_REFUSED if refused else EXIT_ALL_FAILED
