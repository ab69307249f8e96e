"""What the commands of `seattle donor` share: which folder, on which system, failing how."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seattle_p2p.cli.places import donor_dir
from seattle_p2p.errors import InstallError, UsageError

if TYPE_CHECKING:
    from seattle_p2p.manager.home import DonorHome

dir_option = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=None,
    help="The donor's folder, when it is not the usual one.",
)


def require_platform() -> None:
    """Accept the system this runs on.

    Raises:
        InstallError: vessels do not run here.
    """
    if sys.platform != "linux":
        raise InstallError(
            "vessels run on Linux only so far: on this system nothing contains their programs",
            hint="researcher, planner and tester commands work here; donate a Linux machine",
        )


def home_of(folder: Path | None) -> "DonorHome":
    """The donor's folder: the one that was given, or the usual one.

    Raises:
        UsageError: a name that is not UTF-8.
    """
    from seattle_p2p.manager.home import DonorHome

    chosen = (folder or donor_dir()).absolute()
    try:
        str(chosen).encode()
    except UnicodeEncodeError as reason:
        raise UsageError(
            f"the name {str(chosen)!r} is not UTF-8", hint="give another folder: --dir DIR"
        ) from reason
    return DonorHome(chosen)


@contextmanager
def system_in_words() -> Iterator[None]:
    """What the system refuses is told like any other failure."""
    try:
        yield
    except OSError as reason:
        where = f" ({reason.filename})" if reason.filename else ""
        raise InstallError(
            f"the system refused: {reason.strerror or reason}{where}",
            hint="look at that file or folder: does it belong to this account, is there room?",
        ) from reason
