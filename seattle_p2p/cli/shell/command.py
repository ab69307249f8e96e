"""`seattle shell`: the command; what it opens is imported when it is called."""

import asyncio
from pathlib import Path

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.person import network_option, passphrase_file_option
from seattle_p2p.errors import UsageError


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("-c", "commands", multiple=True, metavar="LINE", help="Do this line and leave.")
@click.option("--echo", is_flag=True, help="Show each line of a script before it is done.")
@click.option(
    "--key",
    "key_name",
    envvar="SEATTLE_KEY",
    default="",
    metavar="NAME",
    help="Who speaks first (or SEATTLE_KEY).",
)
@network_option
@passphrase_file_option
@output.jsonl_option
def shell(
    file: Path | None,
    commands: tuple[str, ...],
    echo: bool,
    key_name: str,
    network: str,
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    """Work with your vessels interactively, or run FILE or LINEs as a script.

    `help` inside it teaches the words. Without FILE and -c, and without a terminal, lines come
    from stdin. A script ends at its first failure, with that failure's exit code.
    """
    if file is not None and commands:
        raise UsageError("FILE and -c do not go together", hint="see `seattle shell --help`")
    from seattle_p2p.cli.shell.opening import Opening, open_shell

    opening = Opening(file, commands, echo, key_name, network, passphrase_file, as_json)
    click.get_current_context().exit(asyncio.run(open_shell(opening)))
