"""`seattle keys`: make, list and show key pairs. The private half is never printed."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.person import choose_key, passphrase_file_option, read_passphrase
from seattle_p2p.cli.places import keys_dir
from seattle_p2p.errors import UsageError

if TYPE_CHECKING:
    from seattle_p2p.identity.keystore import StoredKey

DEFAULT_NAME = "me"


@click.group()
def keys() -> None:
    """Make, list and show your key pairs.

    A key is who you are: vessels are found by it and obey it. Keep its file, and a copy of it;
    nobody can give you another one.
    """


@keys.command()
@click.argument("name", default=DEFAULT_NAME)
@click.option(
    "--passphrase",
    "ask",
    is_flag=True,
    help="Ask for a passphrase that seals the key.",
)
@passphrase_file_option
@output.json_option
def new(name: str, ask: bool, passphrase_file: Path | None, as_json: bool) -> None:
    """Make a key pair named NAME (default: me); never over one that exists."""
    from seattle_p2p.identity.keystore import Keystore, generate

    passphrase = ""
    if passphrase_file:
        passphrase = read_passphrase(passphrase_file)
    elif ask:
        if not sys.stdin.isatty():
            raise UsageError(
                "a passphrase can only be asked for on a terminal",
                hint="write it into a file: --passphrase-file FILE",
            )
        passphrase = click.prompt(
            "passphrase", hide_input=True, confirmation_prompt=True, err=True
        )
    stored = Keystore(keys_dir()).save(name, generate(), passphrase)
    if as_json:
        output.document(_described(stored))
        return
    click.echo(stored.public.text)
    guard = "sealed by your passphrase" if stored.sealed else "guarded by its file mode only"
    output.note(f"made key {name!r} in {stored.path} ({guard})")
    output.note("give the text above to planners; keep the file, and a copy of it")


@keys.command("list")
@output.json_option
def list_keys(as_json: bool) -> None:
    """Show the keys of this account."""
    from seattle_p2p.identity.keystore import Keystore

    store = Keystore(keys_dir())
    found = store.list()
    if as_json:
        output.document([_described(stored) for stored in found])
    elif found:
        rows = [(s.name, s.public.text, "yes" if s.sealed else "no") for s in found]
        output.table(("NAME", "PUBLIC KEY", "SEALED"), rows)
    for path in (damaged := store.damaged()):
        output.note(f"{path} cannot be read as a key; keep it, and see: seattle keys show NAME")
    if not found and not damaged:
        output.note(f"no keys in {store.folder}; make one: seattle keys new")


@keys.command()
@click.argument("name", default="")
@output.json_option
def show(name: str, as_json: bool) -> None:
    """Show the public half of key NAME (default: the only key, or the one named me)."""
    from seattle_p2p.identity.keystore import Keystore

    stored = choose_key(Keystore(keys_dir()), name)
    if as_json:
        output.document(_described(stored))
    else:
        click.echo(stored.public.text)


def _described(stored: "StoredKey") -> dict[str, Any]:
    return {
        "name": stored.name,
        "public": stored.public.text,
        "sealed": stored.sealed,
        "path": str(stored.path),
    }
