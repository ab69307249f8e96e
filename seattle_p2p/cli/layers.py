"""`seattle layers`: what stands between programs and their calls in vessels."""

from pathlib import Path

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.fanout import (
    Arguments,
    Asked,
    do,
    fan_out_options,
    finish,
    target_argument,
)
from seattle_p2p.cli.owner import people_of
from seattle_p2p.errors import UsageError


@click.command()
@target_argument
@click.argument("files", nargs=-1, type=click.Path())
@click.option("--none", "no_layers", is_flag=True, help="Take all layers away.")
@fan_out_options
@output.json_option
def layers(
    target: str, files: tuple[str, ...], no_layers: bool, asked: Asked, as_json: bool
) -> None:
    """Show the security layers of TARGETS, or put FILES there instead (owner).

    A layer is a program that stands between every program of the vessel and its calls: it may
    forbid, change or count them. The first of FILES stands lowest. They hold from the next
    start on, whoever starts.

    \b
        seattle layers all
        seattle layers 1-4 keep_first_bytes.r2py
        seattle layers 1-4 --none
    """
    if files and no_layers:
        raise UsageError("FILES and --none do not go together", hint="give one of them")
    if not files and not no_layers and not asked.retry_failed:
        _show(target, asked, as_json)
    told: Arguments = {
        "files": [str(Path(file).absolute()) for file in files],
        "none": "yes" if no_layers else "",
    }
    from seattle_p2p.vessel.layer_files import read_layer, require_accepted

    for file in files:
        require_accepted(read_layer(file))
    result = do(
        "layers",
        asked,
        [target] if target else [],
        told,
        lambda me, vessels, told, report: me.owner.change_layers(
            vessels, [read_layer(path) for path in told["files"]], report=report
        ),
    )
    names = ", ".join(Path(file).name for file in files)
    said = f"from the next start on above {names}:" if names else "no layers from now on:"
    finish("layers", result, as_json=as_json, said=said)


def _show(target: str, asked: Asked, as_json: bool) -> None:
    result = do(
        "layers",
        asked,
        [target] if target else [],
        {},
        lambda me, vessels, _, report: me.status(vessels, report=report),
    )
    if not as_json:
        rows = [
            (vessel.number, vessel.name, ", ".join(info.security_layers) or "-")
            for vessel, info in result.ok.items()
        ]
        output.table(("%", "VESSEL", "LAYERS"), rows)
    finish(
        "layers",
        result,
        as_json=as_json,
        value=people_of,
    )
