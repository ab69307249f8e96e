"""`seattle donor`: give a part of this machine, watch it, pause it, take it back."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.donor_books import (
    limit_option,
    print_books,
    print_trail,
    trail_document,
)
from seattle_p2p.cli.donor_home import (
    dir_option,
    home_of,
    require_platform,
    system_in_words,
)
from seattle_p2p.cli.donor_install import install
from seattle_p2p.cli.donor_share import share
from seattle_p2p.cli.donor_words import print_status, size_words
from seattle_p2p.cli.loop import run_loop
from seattle_p2p.cli.moments import parse_duration
from seattle_p2p.errors import UsageError


@click.group()
def donor() -> None:
    """Give a part of this machine; watch, pause, leave.

    First `seattle donor install INSTALLER` with a planner's file, then `seattle donor run`.
    """


@donor.command()
@dir_option
@click.option("-v", "--verbose", is_flag=True, help="Say what happens, not only what matters.")
@click.option(
    "--accept-weak-containment", is_flag=True, help="Run even where needed layers are missing."
)
@output.json_option
def run(
    folder: Path | None, verbose: bool, accept_weak_containment: bool, as_json: bool
) -> None:
    """Run the node manager here, in the foreground, until Ctrl-C; programs outlive it."""
    require_platform()
    from seattle_p2p.manager.ports import PortRegistry
    from seattle_p2p.manager.running import Started, run_donor

    def tell(started: Started) -> None:
        if as_json:
            output.line(output.plain(started))
        output.note(f"node {started.node}")
        output.note(f"peers find it at {', '.join(started.addresses)}")
        output.note(f"log: {started.log}; Ctrl-C stops the node, programs go on")

    work = run_donor(
        home_of(folder),
        PortRegistry(),
        verbose=verbose,
        accept_weak_containment=accept_weak_containment,
        on_started=tell,
    )
    with system_in_words():
        run_loop(work)
    output.note("stopped; running programs go on for ten minutes, then they are ended")


@donor.command()
@dir_option
@click.option("--audit", "with_books", is_flag=True, help="Also add up all that is given away.")
@output.json_option
def status(folder: Path | None, with_books: bool, as_json: bool) -> None:
    """Say what runs, what it uses, and whether peers reach this node."""
    require_platform()
    from seattle_p2p.manager.books import check_books
    from seattle_p2p.manager.donor import status as look

    with system_in_words():
        found = asyncio.run(look(home_of(folder)))
        books = check_books(home_of(folder)) if with_books else None
    if as_json:
        output.document(output.plain(found) | ({"books": output.plain(books)} if books else {}))
        return
    print_status(found)
    if books:
        print_books(books)


@donor.command()
@dir_option
@limit_option
@output.json_option
def audit(folder: Path | None, limit: int, as_json: bool) -> None:
    """Say who did what on this machine, and what came of it."""
    require_platform()
    from seattle_p2p.manager.books import read_trail

    with system_in_words():
        entries = read_trail(home_of(folder), limit)
    if as_json:
        output.document(trail_document(entries))
    else:
        print_trail(entries)


donor.add_command(install)
donor.add_command(share)


@donor.command()
@dir_option
@click.option("--for", "duration", default="", metavar="TIME", help="E.g. 30m, 2h, 1d.")
@output.json_option
def pause(folder: Path | None, duration: str, as_json: bool) -> None:
    """Freeze every program and withdraw from the network, until `resume`."""
    require_platform()
    from seattle_p2p.manager.donor import pause as hold

    for_s = parse_duration(duration) if duration else None
    with system_in_words():
        running = asyncio.run(hold(home_of(folder), for_s))
    if as_json:
        output.document({"paused": True, "for_s": for_s, "manager_running": running})
    until = f"for {duration}" if duration else "until: seattle donor resume"
    output.note(f"paused {until}")


@donor.command()
@dir_option
@output.json_option
def resume(folder: Path | None, as_json: bool) -> None:
    """End a pause."""
    require_platform()
    from seattle_p2p.manager.donor import resume as go_on

    with system_in_words():
        running = asyncio.run(go_on(home_of(folder)))
    if as_json:
        output.document({"paused": False, "manager_running": running})
    output.note("programs go on" + ("" if running else "; no node manager runs here"))


@donor.command()
@dir_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--force", is_flag=True, help="End a node manager that hangs.")
@output.json_option
def uninstall(folder: Path | None, yes: bool, force: bool, as_json: bool) -> None:
    """List what is here, stop it and remove it; nothing stays."""
    require_platform()
    from seattle_p2p.manager.donor import uninstall as remove
    from seattle_p2p.manager.donor import what_goes
    from seattle_p2p.manager.ports import PortRegistry

    home = home_of(folder)
    with system_in_words():
        goes = what_goes(home)
    output.note(f"this goes from {home.folder}:")
    for item in goes:
        output.note(f"  {item.path.name:20} {size_words(item.size_bytes):>8}  {item.what}")
    if not yes:
        if as_json or not sys.stdin.isatty():
            raise UsageError("nothing was removed: nobody can be asked", hint="add --yes")
        click.confirm("stop and remove all of it?", abort=True, err=True)
    with system_in_words():
        left = asyncio.run(remove(home, PortRegistry(), force=force))
    if folder is None:
        # Installing made the project's own folder around the usual one, too.
        with suppress(OSError):
            home.folder.parent.rmdir()
    if as_json:
        output.document(
            {"removed": [str(i.path) for i in goes], "left": [str(path) for path in left]}
        )
    for path in left:
        output.note(f"left alone, because it is not the donor's: {path}")
    output.note("uninstalled; thank you for what you gave")
