"""`seattle schema`: what a command prints with `--json`, as JSON Schema."""

import difflib

import click

from seattle_p2p.cli import output
from seattle_p2p.errors import UsageError


@click.command()
@click.argument("command", nargs=-1)
@output.json_option
def schema(command: tuple[str, ...], as_json: bool) -> None:
    """Print the JSON Schema of what COMMAND prints with --json; without one, of all.

    \b
        seattle schema list
        seattle schema donor status
    """
    from seattle_p2p.cli.documents.registry import COMMANDS
    from seattle_p2p.cli.documents.schema import schema_of, whole_schema

    name = " ".join(command)
    if name and name not in COMMANDS:
        near = difflib.get_close_matches(name, COMMANDS, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "`seattle schema` prints all"
        raise UsageError(f"there is no command {name!r}", hint=hint)
    output.document(schema_of(name) if name else whole_schema())
