"""Whose key a command speaks with, on which network: options and how they are read."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from seattle_p2p.cli.places import keys_dir
from seattle_p2p.errors import KeystoreError, UsageError

if TYPE_CHECKING:
    from seattle_p2p.identity.keys import KeyPair, PublicKey
    from seattle_p2p.identity.keystore import Keystore, StoredKey

Command = TypeVar("Command", bound=Callable[..., Any])
DEFAULT_NETWORK = "seattle"
DEFAULT_KEY = "me"
MAX_PASSPHRASE_FILE_BYTES = 4096

passphrase_file_option = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Take the passphrase from the first line of this file.",
)
network_option = click.option(
    "--network",
    envvar="SEATTLE_NETWORK",
    default=DEFAULT_NETWORK,
    show_default=True,
    help="Name of the network (or SEATTLE_NETWORK).",
)


@dataclass(frozen=True)
class Person:
    """Who speaks: an opened key and the network it is used on."""

    key: "KeyPair"
    network: str


def person_options(command: Command) -> Command:
    """Add `--key`, `--network` and `--passphrase-file`; `open_person` takes their values."""
    key_option = click.option(
        "--key",
        "key_name",
        envvar="SEATTLE_KEY",
        default="",
        metavar="NAME",
        help="Name or prefix of your key (or SEATTLE_KEY).",
    )
    return key_option(network_option(passphrase_file_option(command)))


def public_key(named: str) -> "PublicKey":
    """The key that is written out, or that has this name or prefix in this account.

    Raises:
        UsageError: neither.
    """
    from seattle_p2p.identity.keys import TEXT_LENGTH, PublicKey
    from seattle_p2p.identity.keystore import Keystore

    if len(named) >= TEXT_LENGTH:
        return PublicKey.from_text(named)
    try:
        return Keystore(keys_dir()).find(named).public
    except KeystoreError as error:
        raise UsageError(
            error.message,
            hint="write the key out: 56 characters, as its owner's `keys show` says",
        ) from error


def complete_keys(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Names of this account's keys, for the shell's completion."""
    from seattle_p2p.errors import SeattleError
    from seattle_p2p.identity.keystore import Keystore

    try:
        names = [key.name for key in Keystore(keys_dir()).list()]
    except SeattleError:
        return []
    return [name for name in names if name.startswith(incomplete)]


def open_person(key_name: str, network: str, passphrase_file: Path | None) -> Person:
    """Open the chosen key, asking for its passphrase on a terminal when it needs one.

    Raises:
        UsageError: several keys and none chosen.
        KeystoreError: no such key, or it cannot be opened.
    """
    from seattle_p2p.identity.keystore import Keystore, read_key_file

    stored = choose_key(Keystore(keys_dir()), key_name)
    passphrase = ""
    if stored.sealed and passphrase_file:
        passphrase = read_passphrase(passphrase_file)
    elif stored.sealed and sys.stdin.isatty():
        passphrase = click.prompt(f"passphrase of {stored.name}", hide_input=True, err=True)
    return Person(read_key_file(stored.path, passphrase), network)


def choose_key(store: "Keystore", name: str) -> "StoredKey":
    """The key of that name or prefix; without one, the only key or the one named ``me``.

    Raises:
        UsageError: no name, and several keys of which none is ``me``.
        KeystoreError: there is no such key.
    """
    if name:
        return store.find(name)
    known = store.list()
    if len(known) == 1:
        return known[0]
    if len(known) > 1 and all(key.name != DEFAULT_KEY for key in known):
        names = ", ".join(key.name for key in known)
        raise UsageError(f"there are {len(known)} keys: {names}", hint="choose one: --key NAME")
    return store.find(DEFAULT_KEY)


def read_passphrase(path: Path) -> str:
    """First line of a passphrase file, without its line end.

    Raises:
        UsageError: the line is empty or the file is no text.
    """
    try:
        with path.open("rb") as file:
            first = file.read(MAX_PASSPHRASE_FILE_BYTES).decode().partition("\n")[0]
    except (OSError, UnicodeDecodeError) as reason:
        raise UsageError(f"cannot read a passphrase from {path}: {reason}") from reason
    if not first.rstrip("\r"):
        raise UsageError(
            f"the first line of {path} is empty", hint="write the passphrase there"
        )
    return first.rstrip("\r")
