"""`seattle doctor`: which walls this machine can put around strangers' programs, by trying."""

import os
import platform
from pathlib import Path

import click

from seattle_p2p.cli.output import document, json_option, note, table

_EXIT_WEAK = 5

_MEANINGS = {
    "cgroups": "the kernel itself bounds each vessel's CPU, in version 2 memory, too",
    "namespaces": "no files, no network, no other processes in sight",
    "marks": "no new privileges, nobody may trace it, no core dumps",
    "capabilities": "no right of root's is left",
    "user": "a user that nobody else is",
    "rlimits": "address space, descriptors, sizes of files, threads",
    "landlock": "no file, no TCP port, no signal, whatever its user may do",
    "seccomp": "only the system calls that computing takes",
}
"""Each layer in words."""


@click.command("doctor")
@click.option(
    "--dir",
    "folder",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False),
    default=".",
    help="Try it in this folder; the present one if not given.",
)
@json_option
def doctor(folder: str, as_json: bool) -> int:
    """Try the layers of containment on this machine and say which of them hold.

    Exit code: 0 when strangers' programs may run here, 5 when needed layers are missing.
    """
    from seattle_p2p.vessel.jail.probe import held_layers, missing_layers, suffices

    held = held_layers(Path(folder))
    enough = suffices(held)
    if as_json:
        document(
            {
                "python": platform.python_version(),
                "system": f"{platform.system()} {platform.release()} {platform.machine()}",
                "root": os.name == "posix" and os.geteuid() == 0,
                "layers": list(held),
                "missing_layers": list(missing_layers(held)),
                "sufficient": enough,
            }
        )
    else:
        rows = [
            (name, "holds" if name in held else "missing", _MEANINGS[name])
            for name in _MEANINGS
        ]
        table(("layer", "here", "what it is"), rows)
        note(_verdict(enough))
    return 0 if enough else _EXIT_WEAK


def _verdict(enough: bool) -> str:
    if enough:
        return "strangers' programs can be contained here"
    return (
        "strangers' programs cannot be contained here; a donor may accept that in words:"
        " --accept-weak-containment"
    )
