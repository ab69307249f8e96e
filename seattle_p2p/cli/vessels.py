"""`seattle list, run, start, stop, reset`: what vessels do."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.browse import show_vessels, state_of
from seattle_p2p.cli.fanout import (
    Arguments,
    Asked,
    Watched,
    do,
    exit_code,
    fan_out_options,
    finish,
    leave,
    need,
    pick,
    target_argument,
    targets_argument,
    tell_reasons,
)
from seattle_p2p.cli.loop import run_loop

if TYPE_CHECKING:
    from seattle_p2p.experiment.session import Experimenter
    from seattle_p2p.experiment.targets import Vessel

RUN_USAGE = "seattle run TARGETS PROGRAM [ARGS]..., e.g. `seattle run all hello.r2py`"
START_USAGE = "seattle start TARGETS PROGRAM [ARGS]..., a program that is there already"


@click.command("list")
@targets_argument
@click.option(
    "--neighbours",
    is_flag=True,
    help="Print NAME ADDRESS PORT of each, for programs that talk to each other.",
)
@fan_out_options
@output.json_option
def list_vessels(
    targets: tuple[str, ...], neighbours: bool, asked: Asked, as_json: bool
) -> None:
    """Known vessels, with their state now (default: all)."""
    result = do(
        "list",
        asked,
        targets or (() if asked.retry_failed else ("all",)),
        {},
        lambda me, vessels, _, report: me.status(vessels, report=report),
    )
    if neighbours and not as_json:
        from seattle_p2p.experiment.neighbours import neighbour_lines

        click.echo("".join(neighbour_lines(result.ok)), nl=False)
    elif not as_json:
        show_vessels(list(result.ok.items()))
    finish("list", result, as_json=as_json, value=state_of)


@click.command()
@target_argument
@click.argument("program", required=False, default="", type=click.Path())
@click.argument("arguments", nargs=-1)
@click.option("--detach", is_flag=True, help="Start it and leave; do not follow its log.")
@fan_out_options
@output.jsonl_option
def run(
    target: str,
    program: str,
    arguments: tuple[str, ...],
    detach: bool,
    asked: Asked,
    as_json: bool,
) -> None:
    """Upload PROGRAM to TARGETS, start it and follow its log until it has ended.

    Ctrl-C leaves it running and says how to follow it again. ARGS go to the program; {name},
    {number}, {node} and {vessel} are filled in for each vessel. Put -- before arguments that
    begin with a dash.
    """
    need(program, "program", RUN_USAGE, asked)
    path = str(find_program(program).absolute()) if program else ""
    told: Arguments = {"program": path, "arguments": list(arguments)}

    async def work() -> int:
        async with asked.open() as me:
            vessels, kept = pick(me, "run", [target] if target else [], told, asked)
            return await _run(me, vessels, kept, detach, as_json)

    leave(run_loop(work()))


def find_program(written: str) -> Path:
    """The file that is meant: one here, or one of the examples that ship with the package."""
    path = Path(written)
    if path.exists() or path.name != written:
        return path
    import importlib.resources

    example = Path(str(importlib.resources.files("seattle_p2p") / "examples" / written))
    if not example.is_file():
        return path
    output.note(f"{written} is not in this folder; taking the example of that name")
    return example


async def _run(
    me: "Experimenter", vessels: "list[Vessel]", told: Arguments, detach: bool, as_json: bool
) -> int:
    from seattle_p2p.cli.stream import LogPrinter, follow_until_end

    watched = Watched("start", len(vessels), me.engine)
    arguments = list(told["arguments"])
    started = await watched.until(
        me.run(vessels, Path(str(told["program"])), arguments, report=watched.report)
    )
    me.memory.remember_command("run", told, started.failed)
    printer = LogPrinter(vessels, as_json=as_json)
    printer.started(started)
    if not as_json:
        tell_reasons(started)
    if detach or not started.ok:
        return exit_code(started)
    return await follow_until_end(me, started, printer)


@click.command()
@target_argument
@click.argument("program", required=False, default="")
@click.argument("arguments", nargs=-1)
@fan_out_options
@output.json_option
def start(
    target: str, program: str, arguments: tuple[str, ...], asked: Asked, as_json: bool
) -> None:
    """Start PROGRAM, a file that is in the vessels already; does not follow its log."""
    need(program, "program", START_USAGE, asked)
    result = do(
        "start",
        asked,
        [target] if target else [],
        {"program": program, "arguments": list(arguments)},
        lambda me, vessels, told, report: me.start(
            vessels, str(told["program"]), list(told["arguments"]), report=report
        ),
    )
    said = f"started {program} in" if program else "started again in"
    finish("start", result, as_json=as_json, value=lambda at: {"log_offset": at}, said=said)


@click.command()
@targets_argument
@fan_out_options
@output.json_option
def stop(targets: tuple[str, ...], asked: Asked, as_json: bool) -> None:
    """Stop the program in TARGETS."""
    result = do(
        "stop",
        asked,
        targets,
        {},
        lambda me, vessels, _, report: me.stop(vessels, report=report),
    )
    finish("stop", result, as_json=as_json, said="stopped")


@click.command()
@targets_argument
@click.option(
    "--for",
    "limit_s",
    type=click.FloatRange(min=0),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="Longest wait; what still runs then has failed.",
)
@fan_out_options
@output.json_option
def wait(targets: tuple[str, ...], limit_s: float, asked: Asked, as_json: bool) -> None:
    """Wait until no program runs in TARGETS (default: all); says how each ended.

    \b
        seattle start all hello.r2py && seattle wait all --for 60
    """
    result = do(
        "wait",
        asked,
        targets or (() if asked.retry_failed else ("all",)),
        {},
        lambda me, vessels, _, report: me.wait(vessels, limit_s),
    )
    if not as_json:
        show_vessels(list(result.ok.items()))
    finish("wait", result, as_json=as_json, value=state_of)


@click.command()
@targets_argument
@fan_out_options
@output.json_option
def reset(targets: tuple[str, ...], asked: Asked, as_json: bool) -> None:
    """Stop the program in TARGETS and remove their files and logs."""
    result = do(
        "reset",
        asked,
        targets,
        {},
        lambda me, vessels, _, report: me.reset(vessels, report=report),
    )
    finish("reset", result, as_json=as_json, said="reset")
