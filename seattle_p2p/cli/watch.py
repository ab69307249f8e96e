"""`seattle watch`: a table of vessels that keeps itself true."""

from collections.abc import AsyncGenerator
from contextlib import ExitStack, aclosing
from typing import TYPE_CHECKING, Any

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.browse import why
from seattle_p2p.cli.fanout import Asked, described, fan_out_options, pick, targets_argument
from seattle_p2p.cli.loop import run_loop
from seattle_p2p.cli.stream import interrupted

if TYPE_CHECKING:
    from rich.live import Live
    from rich.table import Table

    from seattle_p2p.experiment.watching import Sight

HEAD = ("%", "VESSEL", "STATE", "CPU", "MEMORY", "PROGRAM", "LAST LINE")


@click.command()
@targets_argument
@click.option(
    "--every",
    type=click.FloatRange(min=0.2),
    default=2.0,
    show_default=True,
    help="Seconds between looks.",
)
@click.option("--count", type=click.IntRange(min=1), help="Leave after so many tables.")
@fan_out_options
@output.jsonl_option
def watch(
    targets: tuple[str, ...], every: float, count: int | None, asked: Asked, as_json: bool
) -> None:
    """Look at TARGETS (default: all) until Ctrl-C: state, CPU, memory, last line of the log.

    A machine that does not answer stays in the table with what was last known of its vessels
    and since when it is silent. --timeout says how long it is waited for.
    """
    words = targets or (() if asked.retry_failed else ("all",))

    async def work() -> None:
        async with asked.open() as me:
            vessels, _ = pick(me, "watch", words, {}, asked)
            sights = me.watch(vessels, every_s=every)
            await interrupted(show_sights(sights, count, as_json))

    run_loop(work())


async def show_sights(
    looks: "AsyncGenerator[list[Sight], None]", count: int | None, as_json: bool
) -> None:
    """A table for each look, over the one before where the terminal can; `count` of them."""
    with ExitStack() as stack:
        live = stack.enter_context(_live()) if not as_json and output.colour() else None
        async with aclosing(looks) as sights:
            async for seen in sights:
                if as_json:
                    for sight in seen:
                        output.line(sight_in_json(sight))
                elif live is not None:
                    live.update(_rich_table(seen), refresh=True)
                else:
                    output.table(HEAD, [_cells(sight) for sight in seen])
                if count is not None:
                    count -= 1
                    if not count:
                        return


def sight_in_json(sight: "Sight") -> dict[str, Any]:
    """One line: a vessel as it was last seen."""
    info, error = sight.info, sight.error
    return {
        "event": "silent" if error else "seen",
        **described(sight.vessel),
        "state": info.state if info else "",
        "cause": info.cause if info else "",
        "program": info.program if info else "",
        "cpu": None if sight.cpu is None else round(sight.cpu, 4),
        "memory": int(info.used.get("memory", 0)) if info else 0,
        "last_line": sight.last_line,
        "silent_s": round(sight.silent_s, 3) if error else 0.0,
        "code": error.code if error else "",
        "message": error.message if error else "",
    }


def _cells(sight: "Sight") -> tuple[str, ...]:
    info = sight.info
    state, program, memory = "unknown", "-", "-"
    if info is not None:
        state, program = info.state, info.program or "-"
        if info.cause:
            state += f": {why(info)}"
        memory = f"{info.used.get('memory', 0) / 2**20:.1f} MiB"
    if sight.error:
        state = f"silent for {sight.silent_s:.0f} s (was {state}): {sight.error.message}"
    cpu = "-" if sight.cpu is None else f"{sight.cpu:.2f}"
    number, name = str(sight.vessel.number), sight.vessel.name
    cells = (number, name, state, cpu, memory, program, sight.last_line)
    return tuple(map(output.harmless, cells))


def _live() -> "Live":
    from rich.live import Live

    return Live(auto_refresh=False, transient=False)


def _rich_table(sights: "list[Sight]") -> "Table":
    from rich.table import Table
    from rich.text import Text

    silent = sum(sight.error is not None for sight in sights)
    running = sum(_runs(sight) for sight in sights)
    caption = f"{len(sights)} vessels, {running} running, {silent} silent; Ctrl-C leaves"
    table = Table(caption=caption, box=None, pad_edge=False, header_style="bold")
    for name in HEAD:
        right = name in ("%", "CPU", "MEMORY")
        table.add_column(
            name, justify="right" if right else "left", no_wrap=True, overflow="ellipsis"
        )
    for sight in sights:
        style = "red" if sight.error else "green" if _runs(sight) else "dim"
        table.add_row(*(Text(cell, style=style) for cell in _cells(sight)))
    return table


def _runs(sight: "Sight") -> bool:
    return not sight.error and sight.info is not None and sight.info.state == "started"
