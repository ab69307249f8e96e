"""`seattle upload, download, files, delete`: the files in vessels."""

from pathlib import Path

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.fanout import (
    Asked,
    do,
    fan_out_options,
    finish,
    need,
    target_argument,
    targets_argument,
)

UPLOAD_USAGE = "seattle upload TARGETS FILE [NAME], e.g. `seattle upload all data.txt`"
DOWNLOAD_USAGE = "seattle download TARGETS NAME [--into FOLDER]"
CAT_USAGE = "seattle cat TARGETS NAME"
DELETE_USAGE = "seattle delete TARGETS NAME"


@click.command()
@target_argument
@click.argument("file", required=False, default="", type=click.Path())
@click.argument("name", required=False, default="")
@fan_out_options
@output.json_option
def upload(target: str, file: str, name: str, asked: Asked, as_json: bool) -> None:
    """Put FILE into TARGETS, as NAME if given. All of it arrives, or nothing."""
    need(file, "file", UPLOAD_USAGE, asked)
    result = do(
        "upload",
        asked,
        [target] if target else [],
        {"file": str(Path(file).absolute()) if file else "", "name": name},
        lambda me, vessels, told, report: me.upload(
            vessels, Path(str(told["file"])), str(told["name"]), report=report
        ),
    )
    finish("upload", result, as_json=as_json, said=f"uploaded {file} to".replace("  ", " "))


@click.command()
@target_argument
@click.argument("name", required=False, default="")
@click.option(
    "--into",
    default=".",
    show_default=True,
    type=click.Path(file_okay=False),
    help="Folder for the files, one a vessel: NODE-VESSEL-NAME.",
)
@fan_out_options
@output.json_option
def download(target: str, name: str, into: str, asked: Asked, as_json: bool) -> None:
    """Fetch file NAME of TARGETS."""
    need(name, "file", DOWNLOAD_USAGE, asked)
    folder = Path(into).absolute()
    result = do(
        "download",
        asked,
        [target] if target else [],
        {"name": name},
        lambda me, vessels, told, report: me.download(
            vessels, str(told["name"]), folder, report=report
        ),
    )
    if not as_json:
        for path in result.ok.values():
            click.echo(path)
    finish(
        "download",
        result,
        as_json=as_json,
        value=lambda path: {"path": str(path), "size": path.stat().st_size},
        said="downloaded from",
    )


@click.command()
@targets_argument
@click.option(
    "--into",
    default="collected",
    show_default=True,
    type=click.Path(file_okay=False),
    help="Folder for a folder of each vessel: NODE-VESSEL.",
)
@fan_out_options
@output.json_option
def collect(targets: tuple[str, ...], into: str, asked: Asked, as_json: bool) -> None:
    """Fetch all files of TARGETS (default: all) into one folder here.

    \b
        seattle collect all --into results
    """
    folder = Path(into).absolute()
    result = do(
        "collect",
        asked,
        targets or (() if asked.retry_failed else ("all",)),
        {},
        lambda me, vessels, _, report: me.collect(vessels, folder, report=report),
    )
    if not as_json:
        for paths in result.ok.values():
            for path in paths:
                click.echo(path)
    finish(
        "collect",
        result,
        as_json=as_json,
        value=lambda paths: {"paths": [str(path) for path in paths]},
        said=f"collected into {folder} from",
    )


@click.command()
@target_argument
@click.argument("name", required=False, default="")
@fan_out_options
@output.json_option
def cat(target: str, name: str, asked: Asked, as_json: bool) -> None:
    """Print file NAME of TARGETS, each line marked with its vessel."""
    need(name, "file", CAT_USAGE, asked)
    result = do(
        "cat",
        asked,
        [target] if target else [],
        {"name": name},
        lambda me, vessels, told, report: me.read(vessels, str(told["name"]), report=report),
    )
    if not as_json:
        width = max((len(vessel.name) for vessel in result.ok), default=0)
        for vessel, data in result.ok.items():
            for line in data.decode("utf-8", "replace").splitlines():
                click.echo(f"{vessel.name.ljust(width)} | {output.harmless(line)}")
    finish(
        "cat",
        result,
        as_json=as_json,
        value=lambda data: {"text": data.decode("utf-8", "replace")},
    )


@click.command()
@targets_argument
@fan_out_options
@output.json_option
def files(targets: tuple[str, ...], asked: Asked, as_json: bool) -> None:
    """List the files in TARGETS (default: all)."""
    result = do(
        "files",
        asked,
        targets or (() if asked.retry_failed else ("all",)),
        {},
        lambda me, vessels, _, report: me.files(vessels, report=report),
    )
    if not as_json:
        rows = [
            (vessel.number, vessel.name, file.size, file.name)
            for vessel, held in result.ok.items()
            for file in held.files
        ]
        output.table(("%", "VESSEL", "BYTES", "FILE"), rows)
    finish(
        "files",
        result,
        as_json=as_json,
        value=lambda held: {
            "files": [{"name": file.name, "size": file.size} for file in held.files],
            "used_bytes": held.used_bytes,
            "disk_bytes": held.disk_bytes,
        },
    )


@click.command()
@target_argument
@click.argument("name", required=False, default="")
@fan_out_options
@output.json_option
def delete(target: str, name: str, asked: Asked, as_json: bool) -> None:
    """Delete file NAME in TARGETS."""
    need(name, "file", DELETE_USAGE, asked)
    result = do(
        "delete",
        asked,
        [target] if target else [],
        {"name": name},
        lambda me, vessels, told, report: me.delete(vessels, str(told["name"]), report=report),
    )
    finish("delete", result, as_json=as_json, said=f"deleted {name} in".replace("  ", " "))
