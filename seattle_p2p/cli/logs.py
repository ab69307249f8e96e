"""`seattle logs`: the logs of many vessels as one stream."""

import asyncio
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

if TYPE_CHECKING:
    from seattle_p2p.cli.stream import LogPrinter
    from seattle_p2p.experiment.session import Experimenter
    from seattle_p2p.experiment.targets import Vessel


@click.command()
@targets_argument
@click.option(
    "-f", "--follow", is_flag=True, help="Go on until each program has ended, or Ctrl-C."
)
@fan_out_options
@output.jsonl_option
def logs(targets: tuple[str, ...], follow: bool, asked: Asked, as_json: bool) -> None:
    """Print the logs of TARGETS (default: all), each line marked with its vessel."""
    words = targets or (() if asked.retry_failed else ("all",))

    async def work() -> int:
        from seattle_p2p.cli.stream import LogPrinter

        async with asked.open() as me:
            vessels, _ = pick(me, "logs", words, {}, asked)
            printer = LogPrinter(vessels, as_json=as_json)
            if follow:
                return await _follow(me, vessels, printer)
            return await _read(me, vessels, printer, as_json)

    leave(asyncio.run(work()))


async def _read(
    me: "Experimenter", vessels: "list[Vessel]", printer: "LogPrinter", as_json: bool
) -> int:
    watched = Watched("logs", len(vessels), me.engine)
    result = await watched.until(me.read_logs(vessels, report=watched.report))
    me.memory.remember_command("logs", {}, result.failed)
    for events in result.ok.values():
        for event in events:
            printer.event(event)
    printer.failed(result)
    if not as_json:
        tell_reasons(result)
    return exit_code(result)


async def _follow(me: "Experimenter", vessels: "list[Vessel]", printer: "LogPrinter") -> int:
    from seattle_p2p.cli.stream import interrupted, show_logs

    failed: list[Vessel] = []
    if await interrupted(show_logs(me, vessels, printer, failed=failed)):
        output.note("")
        output.note("detached; programs go on")
    me.memory.remember_command("logs", {}, failed)
    if not failed:
        return 0
    return EXIT_SOME_FAILED if len(failed) < len(vessels) else EXIT_ALL_FAILED
