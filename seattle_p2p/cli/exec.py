"""`seattle exec`: one program in one vessel, here, in the foreground."""

import gc

import click

from seattle_p2p.cli.output import json_option
from seattle_p2p.cli.stopping import StopSignals
from seattle_p2p.errors import SeattleError, UsageError
from seattle_p2p.vessel.zygote_client import early_or_new

_LONGEST_S = 1e7


@click.command("exec", context_settings={"allow_interspersed_args": False})
@click.option("--restrictions", "restrictions_file", required=True, metavar="FILE")
@click.option(
    "--dir", "folder", metavar="DIR", help="The program's files; a fresh folder if not given."
)
@click.option(
    "--layer",
    "layer_files",
    multiple=True,
    metavar="FILE",
    help="A security layer; lowest first.",
)
@click.option("--testbed", is_flag=True, help="getmyip gives 127.0.0.1.")
@click.option("--allow-private", is_flag=True, help="Private addresses may be talked to.")
@click.option(
    "--accept-weak-containment", is_flag=True, help="Run even where layers are missing."
)
@click.option(
    "--timeout", "timeout_s", type=float, metavar="S", help="Stop it after S seconds."
)
@click.option(
    "--report", metavar="FILE", help="Write there, as JSON, how it ended and what it used."
)
@json_option
@click.argument("program")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def execute(
    restrictions_file: str,
    folder: str | None,
    layer_files: tuple[str, ...],
    testbed: bool,
    allow_private: bool,
    accept_weak_containment: bool,
    timeout_s: float | None,
    report: str | None,
    as_json: bool,
    program: str,
    arguments: tuple[str, ...],
) -> int:
    """Run PROGRAM in a vessel of its own, its log on stdout.

    Exit code: 0 it ended, 1 it failed, 2 wrong usage, 3 the language refused it, 4 it took more
    than it was given, 5 this machine cannot contain programs, 124 the timeout, 130 Ctrl-C, 143
    SIGTERM. Our options stand before PROGRAM; whatever follows it is the program's.
    """
    signals = StopSignals()
    zygote = early_or_new()
    zygote.start()  # it warms up while we import what we need ourselves
    from seattle_p2p.cli import foreground

    gc.enable()

    if timeout_s is not None and not 0 < timeout_s < _LONGEST_S:
        raise UsageError(
            f"a timeout of {timeout_s:g} s makes no sense", hint="give seconds, more than 0"
        )
    if report is not None:
        foreground.require_writable(report)  # now, not when the run is over and its report lost
    resources = foreground.read_restrictions(restrictions_file)
    run = foreground.Foreground(
        resources,
        foreground.network_rules(testbed=testbed, allow_private=allow_private),
        accept_weak=accept_weak_containment,
        timeout_s=timeout_s,
        layers=foreground.read_layers(layer_files),
        zygote=zygote,
        signals=signals,
    )
    path = foreground.require_program(program)
    try:
        status = run.run(path, arguments, folder, as_json=as_json)
    except SeattleError:
        # Told to stop in the middle of a start or an end, some step may fail for that reason.
        code = signals.finish(0)
        if not code:
            raise
        return code
    if report is not None:
        foreground.write_report(report, status)
    return signals.finish(foreground.tell(status, as_json=as_json))
