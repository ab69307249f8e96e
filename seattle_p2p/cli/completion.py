"""`seattle completion`: what a shell needs to complete commands, options and vessels."""

import os

import click

from seattle_p2p.cli import output
from seattle_p2p.errors import UsageError

FILES = {
    "bash": "~/.bash_completion.d/seattle, or the end of ~/.bashrc",
    "zsh": "a file _seattle in a folder of $fpath",
    "fish": "~/.config/fish/completions/seattle.fish",
}
"""Where each shell looks."""


@click.command()
@click.argument("shell", type=click.Choice(sorted(FILES)), required=False)
@output.json_option
def completion(shell: str | None, as_json: bool) -> None:
    """Print the completion script for SHELL (default: the one you use)."""
    from click.shell_completion import get_completion_class

    from seattle_p2p.cli.main import seattle

    name = shell or os.path.basename(os.environ.get("SHELL", ""))
    found = get_completion_class(name) if name in FILES else None
    if found is None:
        raise UsageError("which shell do you use?", hint=f"one of: {', '.join(sorted(FILES))}")
    script = found(seattle, {}, "seattle", "_SEATTLE_COMPLETE").source()
    if as_json:
        output.document({"shell": name, "script": script, "where": FILES[name]})
        return
    click.echo(script)
    output.note(f"put this into {FILES[name]}")
