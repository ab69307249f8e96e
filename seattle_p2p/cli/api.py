"""`seattle api`: what programs may call, on the terminal."""

import click
import msgspec

from seattle_p2p.cli.output import document, json_option
from seattle_p2p.errors import UsageError


@click.command("api")
@click.option("--markdown", is_flag=True, help="Everything, as the reference page.")
@json_option
@click.argument("call", required=False, default="")
def api(markdown: bool, as_json: bool, call: str) -> None:
    """What programs may call; CALL is one of them, `readat` and `file.readat` are the same."""
    from seattle_p2p.vessel.api.call import find
    from seattle_p2p.vessel.api.every_call import CALLS
    from seattle_p2p.vessel.api.wording import as_markdown, as_text

    found = find(call, CALLS) if call else list(CALLS)
    if not found:
        raise UsageError(f"there is no call {call!r}", hint="`seattle api` lists them")
    if markdown:
        click.echo(as_markdown(found), nl=False)
    elif as_json:
        document({"calls": msgspec.to_builtins(found)})
    elif call:
        click.echo("\n\n".join(as_text(each) for each in found))
    else:
        for each in found:
            click.echo(f"{each.name}({each.arguments})")
