"""How logs of many vessels are shown: one line each, marked with its vessel."""

import asyncio
import signal
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.browse import why
from seattle_p2p.cli.fanout import EXIT_ALL_FAILED, EXIT_SOME_FAILED, described, exit_code
from seattle_p2p.cli.moments import time_of_day
from seattle_p2p.errors import SeattleError
from seattle_p2p.experiment.log_events import Clock, End, Event, Gap, Line

if TYPE_CHECKING:
    from seattle_p2p.experiment.group import GroupResult
    from seattle_p2p.experiment.session import Experimenter
    from seattle_p2p.experiment.targets import Vessel
    from seattle_p2p.wire.results import VesselInfo

COLOURS = ("cyan", "green", "yellow", "magenta", "blue", "bright_cyan", "bright_green")
GOOD_ENDS = ("", "done")
"""Causes that mean nothing went wrong."""

CLOCK_WORTH_A_WORD_S = 0.5


class LogPrinter:
    """Prints what happens in vessels: for people with a prefix, for programs as JSON Lines.

    Args:
        vessels: All that may be named, so that prefixes are of one width.
        times: Show people when lines came, and every machine's clock.
    """

    def __init__(
        self, vessels: "Sequence[Vessel]", *, as_json: bool, times: bool = False
    ) -> None:
        self._as_json = as_json
        self._times = times
        self._width = max((len(vessel.name) for vessel in vessels), default=0)
        self._colours = {v: COLOURS[i % len(COLOURS)] for i, v in enumerate(vessels)}

    def started(self, result: "GroupResult[int]") -> None:
        """Say where a program was started and where it was not."""
        if self._as_json:
            for vessel, offset in result.ok.items():
                self._line("started", vessel, log_offset=offset)
            self.failed(result)
        elif result.ok:
            output.note(f"started in {len(result.ok)} of {len(result.outcomes)} vessels")

    def failed(self, result: "GroupResult[Any]") -> None:
        """A JSON line for each vessel where something failed; people get `tell_reasons`."""
        for vessel, error in result.failed.items() if self._as_json else ():
            self._line("failed", vessel, **_problem(error))

    def event(self, event: Event) -> None:
        """Show one event of a log."""
        if isinstance(event, Clock):
            self._clock(event)
            return
        vessel = event.vessel
        if isinstance(event, Line):
            if self._as_json:
                at = None if event.at is None else round(event.at, 3)
                self._line("line", vessel, offset=event.offset, text=event.text, at=at)
            else:
                when = f"{time_of_day(event.at)} " if self._times else ""
                click.echo(f"{when}{self._prefix(vessel)} {output.harmless(event.text)}")
        elif isinstance(event, Gap):
            if self._as_json:
                self._line("gap", vessel, offset=event.offset, size=event.size)
            else:
                output.note(f"{vessel.name}: {event.size} bytes of the log are gone")
        elif event.error is not None:
            if self._as_json:
                self._line("failed", vessel, **_problem(event.error))
            else:
                output.note(f"{vessel.name}: {event.error.message}")

    def ended(self, vessel: "Vessel", info: "VesselInfo") -> None:
        """Say how a program ended."""
        if self._as_json:
            self._line(
                "ended",
                vessel,
                state=info.state,
                cause=info.cause,
                text=info.text,
                line=info.line,
            )
        elif info.cause not in GOOD_ENDS:
            output.note(f"{vessel.name}: {info.cause}: {output.harmless(why(info))}")

    def _clock(self, clock: Clock) -> None:
        """How a machine's clock differs: all for programs, what is worth a word for people."""
        ahead = round(clock.ahead_s, 3) + 0.0
        if self._as_json:
            within = round(clock.within_s, 3)
            node = clock.node.text
            output.line({"event": "clock", "node": node, "ahead_s": ahead, "within_s": within})
        elif self._times or abs(ahead) > max(clock.within_s, CLOCK_WORTH_A_WORD_S):
            way = "ahead" if ahead >= 0 else "behind"
            output.note(
                f"clock of machine {clock.node.short}: {abs(ahead):.3f} s {way}"
                f" (to within {clock.within_s:.3f} s); times are by this machine's"
            )

    def _prefix(self, vessel: "Vessel") -> str:
        text = f"{vessel.name.ljust(self._width)} |"
        if output.colour():
            return click.style(text, fg=self._colours.get(vessel))
        return text

    def _line(self, event: str, vessel: "Vessel", **facts: Any) -> None:
        output.line({"event": event} | described(vessel) | facts)


async def follow_until_end(
    me: "Experimenter", started: "GroupResult[int]", printer: LogPrinter
) -> int:
    """Follow what was started, tell how each ended; Ctrl-C detaches. Returns the exit code."""
    cut: list[Vessel] = []
    if await interrupted(show_logs(me, started.ok, printer, offsets=started.ok, failed=cut)):
        numbers = ",".join(str(vessel.number) for vessel in started.ok)
        output.note("")
        output.note(f"detached; the program goes on in {len(started.ok)} vessels")
        output.note(f"  follow it again:  seattle logs -f {numbers}")
        output.note(f"  stop it:          seattle stop {numbers}")
        return exit_code(started)
    states = await me.status(started.ok)
    bad = len(started.failed) + len(states.failed)
    for vessel, info in states.ok.items():
        printer.ended(vessel, info)
        bad += info.cause not in GOOD_ENDS
    if not bad:
        return 0
    return EXIT_SOME_FAILED if bad < len(started.outcomes) else EXIT_ALL_FAILED


async def show_logs(
    me: "Experimenter",
    vessels: "Iterable[Vessel]",
    printer: LogPrinter,
    *,
    offsets: "Mapping[Vessel, int] | None" = None,
    since_s: float | None = None,
    failed: "list[Vessel]",
) -> None:
    """Print logs as they come until all have ended; what broke off is added to `failed`."""
    async with aclosing(me.logs(vessels, offsets=offsets, since_s=since_s)) as stream:
        async for event in stream:
            printer.event(event)
            if isinstance(event, End) and event.error:
                failed.append(event.vessel)


async def interrupted(work: Awaitable[None]) -> bool:
    """Wait for `work`; True when Ctrl-C came first, and `work` was dropped."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(signal.SIGINT, task.cancel)
    except NotImplementedError:  # Windows: Ctrl-C ends the command, the program goes on too
        await task
        return False
    try:
        await task
    except asyncio.CancelledError:
        return True
    finally:
        loop.remove_signal_handler(signal.SIGINT)
    return False


def _problem(error: SeattleError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "hint": error.hint}
