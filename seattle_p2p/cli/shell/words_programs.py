"""Words about programs and their logs: run, start, stop, reset, wait, logs, show matrix …"""

import asyncio
import shutil
import time
from collections.abc import Mapping
from pathlib import Path

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.browse import state_of
from seattle_p2p.cli.fanout import EXIT_ALL_FAILED, EXIT_SOME_FAILED, exit_code
from seattle_p2p.cli.matrix import complete, matrix_lines, measured, read_row
from seattle_p2p.cli.moments import seconds_since
from seattle_p2p.cli.shell.interrupts import cancel_on_ctrl_c
from seattle_p2p.cli.shell.session import Turn, number_of
from seattle_p2p.cli.shell.words import Word
from seattle_p2p.cli.shell.words_files import example_names, require_here
from seattle_p2p.cli.stream import GOOD_ENDS, LogPrinter, interrupted, show_logs
from seattle_p2p.cli.vessels import find_program
from seattle_p2p.cli.watch import show_sights
from seattle_p2p.experiment.in_order import by_time
from seattle_p2p.experiment.log_events import Event, Line
from seattle_p2p.experiment.targets import Vessel

CHAPTER = "Programs"
ROW = "row.txt"
"""What the all-pairs program leaves in each vessel."""


async def _run(turn: Turn) -> int:
    written = turn.told.one("PROGRAM")
    path = find_program(str(Path(written).expanduser()))
    require_here(path, written, example_names())
    arguments = turn.told.all("ARGUMENT")
    result = await turn.fan_out(
        lambda me, vessels, report: me.run(vessels, path, arguments, report=report)
    )
    for vessel in result.ok:
        turn.session.remote.pop(vessel, None)
    code = turn.finish(
        result, value=lambda at: {"log_offset": at}, said=f"started {path.name} in"
    )
    if turn.told.has("--detach") or not result.ok:
        return code
    return max(code, await _follow(turn, result.ok, tell_ends=True))


async def _start(turn: Turn) -> int:
    program, arguments = turn.told.one("REMOTE"), turn.told.all("ARGUMENT")
    return await turn.do(
        lambda me, vessels, report: me.start(vessels, program, arguments, report=report),
        value=lambda at: {"log_offset": at},
        said=f"started {program} in",
    )


async def _stop(turn: Turn) -> int:
    return await turn.do(
        lambda me, vessels, report: me.stop(vessels, report=report), said="stopped"
    )


async def _reset(turn: Turn) -> int:
    result = await turn.fan_out(lambda me, vessels, report: me.reset(vessels, report=report))
    for vessel in result.ok:
        turn.session.remote.pop(vessel, None)
    return turn.finish(result, said="reset")


async def _follow(
    turn: Turn,
    offsets: Mapping[Vessel, int],
    *,
    tell_ends: bool,
    since_s: float | None = None,
) -> int:
    """Print logs from `offsets` on as they come, until all have ended; Ctrl-C lets go."""
    me = await turn.me()
    printer = LogPrinter(list(offsets), as_json=turn.session.as_json)
    failed: list[Vessel] = []
    if await interrupted(
        show_logs(me, offsets, printer, offsets=offsets, since_s=since_s, failed=failed)
    ):
        output.note("")
        output.note("detached; programs go on. `logs -f` follows them, `stop` ends them")
        return 0
    cancel_on_ctrl_c(asyncio.current_task())  # the logs had Ctrl-C for themselves
    bad = set(failed)
    if tell_ends:
        states = await me.status(offsets)
        for vessel, info in states.ok.items():
            printer.ended(vessel, info)
            if info.cause not in GOOD_ENDS:
                bad.add(vessel)
        bad |= set(states.failed)
    turn.note_groups([v for v in offsets if v not in bad], dict.fromkeys(bad))
    return _some(len(bad), len(offsets))


def _some(bad: int, of: int) -> int:
    if not bad:
        return 0
    return EXIT_SOME_FAILED if bad < of else EXIT_ALL_FAILED


async def _wait(turn: Turn) -> int:
    me = await turn.me()
    limit_s = number_of(turn.told.one("SECONDS", "600"), 0, 1e9)
    result = await me.wait(turn.vessels(), limit_s)
    turn.note_groups(result.ok, result.failed)
    return turn.finish(result, value=state_of, said="no program runs in")


async def _logs(turn: Turn) -> int:
    since = turn.told.one("TIME")
    since_s = seconds_since(since, time.time()) if since else None
    if turn.told.has("-f") or turn.told.has("--follow"):
        offsets = dict.fromkeys(turn.vessels(), 0)
        return await _follow(turn, offsets, tell_ends=False, since_s=since_s)
    result = await turn.fan_out(
        lambda me, vessels, report: me.read_logs(vessels, since_s=since_s, report=report)
    )
    if prefix := turn.told.one("PREFIX"):
        for vessel, events in result.ok.items():
            path = Path(f"{prefix}.{vessel.node.short}-{vessel.id}").expanduser()
            path.write_text(_text(events))
        output.note(f"wrote {len(result.ok)} files {prefix}.NODE-VESSEL")
    elif not turn.session.as_json:
        printer = LogPrinter(list(result.ok), as_json=False)
        for event in by_time(result.ok):
            printer.event(event)
    return turn.finish(result, value=lambda events: {"text": _text(events)})


async def _watch(turn: Turn) -> int:
    me, vessels = await turn.me(), turn.vessels()
    every_s = number_of(turn.told.one("SECONDS", "2"), 0.2, 1e9)
    count = turn.told.one("COUNT")
    sights = me.watch(vessels, every_s=every_s)
    tables = int(number_of(count, 1, 1e9)) if count else None
    if await interrupted(show_sights(sights, tables, turn.session.as_json)):
        output.note("")
    cancel_on_ctrl_c(asyncio.current_task())  # watching had Ctrl-C for itself
    return 0


def _text(events: list[Event]) -> str:
    return "".join(f"{event.text}\n" for event in events if isinstance(event, Line))


async def _show_neighbours(turn: Turn) -> int:
    from seattle_p2p.experiment.neighbours import neighbour_lines

    result = await turn.fan_out(lambda me, vessels, report: me.status(vessels, report=report))
    lines = neighbour_lines(result.ok)
    if path := turn.told.one("FILE"):
        Path(path).expanduser().write_text("".join(lines))
        output.note(f"wrote {len(lines)} lines to {path}")
    elif not turn.session.as_json:
        click.echo("".join(lines), nl=False)
    return turn.finish(result)


async def _show_matrix(turn: Turn) -> int:
    result = await turn.fan_out(
        lambda me, vessels, report: me.read(vessels, ROW, report=report)
    )
    names = [vessel.name for vessel in (*result.ok, *result.failed)]
    rows = {v.name: read_row(data.decode("utf-8", "replace")) for v, data in result.ok.items()}
    whole = complete(rows, names)
    if turn.session.as_json:
        output.line({"command": turn.word.name, "matrix_ms": rows, "complete": whole})
        return exit_code(result)
    for number, vessel in enumerate(result.ok, start=1):
        output.note(f"{number:>3}  {vessel.name}  %{vessel.number}")
    width = shutil.get_terminal_size((200, 24)).columns
    for line in matrix_lines(
        rows, [v.name for v in result.ok], width=width, colour=output.colour()
    ):
        click.echo(line)
    values = measured(rows)
    if values:
        output.note(
            f"the row asked, the column answered; median {values[len(values) // 2]:.2f} ms"
        )
    if not whole:
        output.note("some pairs are missing")
    return turn.finish(result)


_LOGS_TEACH = (
    "All as one, in order of time; each line is marked with its vessel. --since takes 90s, 5m, "
    "1h30m or a time of day. With -f it goes on until the programs have ended; "
    "Ctrl-C lets go of the logs and of nothing else. With `to PREFIX` there is one file a "
    "vessel, PREFIX.NODE-VESSEL."
)

WORDS = (
    Word(
        "run",
        "[--detach] PROGRAM [ARGUMENT]...",
        "Upload a program, start it and follow its log",
        "Ctrl-C lets go and leaves it running; --detach does not follow at all. ARGUMENTs go "
        "to the program; {name}, {number}, {node} and {vessel} are filled in for each vessel. "
        "A program that is not in this folder may be one of the examples: hello.r2py, "
        "all_pairs_ping.r2py.",
        "run hello.r2py some words\non %1 run --detach counter.r2py",
        _run,
        (),
        CHAPTER,
    ),
    Word(
        "start",
        "REMOTE [ARGUMENT]...",
        "Start a program that is in the vessels already",
        "Does not follow its log: `logs -f` does.",
        "start hello.r2py some words",
        _start,
        (),
        CHAPTER,
    ),
    Word(
        "stop",
        "",
        "Stop the program in vessels",
        "Files and log stay.",
        "stop\non liststarted stop",
        _stop,
        (),
        CHAPTER,
    ),
    Word(
        "reset",
        "",
        "Stop, and remove files and log of vessels",
        "The vessel is as it was when it was given to you.",
        "reset",
        _reset,
        (),
        CHAPTER,
    ),
    Word(
        "wait",
        "[SECONDS]",
        "Wait until no program of the target runs",
        "Those that still run after SECONDS (600 if not said) are the group waitfail.",
        "wait 30\non waitfail stop",
        _wait,
        (),
        CHAPTER,
    ),
    Word(
        "logs",
        "[-f|--follow] [--since TIME]",
        "Print or follow the logs of vessels",
        _LOGS_TEACH,
        "logs --since 5m\non %1-%3 logs -f",
        _logs,
        (),
        CHAPTER,
    ),
    Word(
        "watch",
        "[--every SECONDS] [--count COUNT]",
        "A live table of vessels: state, CPU, memory, last line",
        "Looks again every 2 seconds until Ctrl-C, or COUNT times. A machine that does not "
        "answer stays in the table, with since when it is silent.",
        "watch\non %1-%3 watch --every 5",
        _watch,
        (),
        CHAPTER,
    ),
    Word(
        "show log",
        "[-f|--follow] [--since TIME] [to|> PREFIX]",
        "Print, follow or save the logs of vessels",
        _LOGS_TEACH,
        "show log\nshow log to yesterday",
        _logs,
        ("show logs",),
        CHAPTER,
    ),
    Word(
        "show neighbours",
        "[to|> FILE]",
        "NAME ADDRESS PORT of each vessel, for programs that talk to each other",
        "PORT is the vessel's lowest one for UDP messages. Upload the file with the program.",
        "show neighbours to neighbours.txt\nupload neighbours.txt",
        _show_neighbours,
        ("show neighbors",),
        CHAPTER,
    ),
    Word(
        "show matrix",
        "",
        "The round trips that all_pairs_ping.r2py measured",
        f"Reads {ROW} of each vessel and draws who asked whom, in milliseconds.",
        "show neighbours to neighbours.txt\nupload neighbours.txt\n"
        "run all_pairs_ping.r2py {name}\nshow matrix",
        _show_matrix,
        (),
        CHAPTER,
    ),
)
