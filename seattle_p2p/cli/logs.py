"""`seattle logs`: the logs of many vessels as one stream."""

import time
from typing import TYPE_CHECKING

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.fanout import (
    EXIT_ALL_FAILED,
    EXIT_SOME_FAILED,
    Asked,
    Watched,
    exit_code,
    fan_out_options,
    leave,
    pick,
    targets_argument,
    tell_reasons,
)
from seattle_p2p.cli.loop import run_loop
from seattle_p2p.cli.moments import seconds_since

if TYPE_CHECKING:
    from seattle_p2p.cli.stream import LogPrinter
    from seattle_p2p.experiment.session import Experimenter
    from seattle_p2p.experiment.targets import Vessel


@click.command()
@targets_argument
@click.option(
    "-f", "--follow", is_flag=True, help="Go on until each program has ended, or Ctrl-C."
)
@click.option(
    "--since",
    default="",
    metavar="TIME",
    help="Only what came since then: 90s, 5m, 1h30m ago; 14:30; 2026-03-01 14:30.",
)
@click.option(
    "-t", "--times", is_flag=True, help="Show when each line came, and how clocks differ."
)
@fan_out_options
@output.jsonl_option
def logs(
    targets: tuple[str, ...],
    follow: bool,
    since: str,
    times: bool,
    asked: Asked,
    as_json: bool,
) -> None:
    """Print the logs of TARGETS (default: all) as one, in order of time.

    Each line is marked with its vessel. The clocks of machines may be wrong: times are shown,
    and lines put in order, by the clock of this one.
    """
    words = targets or (() if asked.retry_failed else ("all",))
    since_s = seconds_since(since, time.time()) if since else None

    async def work() -> int:
        from seattle_p2p.cli.stream import LogPrinter

        async with asked.open() as me:
            vessels, _ = pick(me, "logs", words, {}, asked)
            printer = LogPrinter(vessels, as_json=as_json, times=times)
            if follow:
                return await _follow(me, vessels, since_s, printer)
            return await _read(me, vessels, since_s, printer, as_json)

    leave(run_loop(work()))


async def _read(
    me: "Experimenter",
    vessels: "list[Vessel]",
    since_s: float | None,
    printer: "LogPrinter",
    as_json: bool,
) -> int:
    from seattle_p2p.experiment.in_order import by_time

    watched = Watched("logs", len(vessels), me.engine)
    result = await watched.until(me.read_logs(vessels, since_s=since_s, report=watched.report))
    me.memory.remember_command("logs", {}, result.failed)
    for event in by_time(result.ok):
        printer.event(event)
    printer.failed(result)
    if not as_json:
        tell_reasons(result)
    return exit_code(result)


async def _follow(
    me: "Experimenter",
    vessels: "list[Vessel]",
    since_s: float | None,
    printer: "LogPrinter",
) -> int:
    from seattle_p2p.cli.stream import interrupted, show_logs

    failed: list[Vessel] = []
    if await interrupted(show_logs(me, vessels, printer, since_s=since_s, failed=failed)):
        output.note("")
        output.note("detached; programs go on")
    me.memory.remember_command("logs", {}, failed)
    if not failed:
        return 0
    output.note(f"{len(failed)} of {len(vessels)} logs broke off; again: --retry-failed")
    return EXIT_SOME_FAILED if len(failed) < len(vessels) else EXIT_ALL_FAILED
