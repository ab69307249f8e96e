"""`--seeds`: where the network is entered, as an address or as a signed list."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from seattle_p2p.cli import output
from seattle_p2p.errors import BadSeedList

if TYPE_CHECKING:
    from seattle_p2p.identity.keys import PublicKey
    from seattle_p2p.wire.address import PeerAddress

Command = TypeVar("Command", bound=Callable[..., Any])


def seeds_option(command: Command) -> Command:
    """Add `--seeds` and `--signer`; `read_ways` takes their values."""
    seeds = click.option(
        "--seeds",
        multiple=True,
        metavar="FILE|ADDRESS",
        help="Join through these: a signed list, or [KEY@]HOST:PORT.",
    )
    signer = click.option(
        "--signer", default="", metavar="KEY", help="Accept lists signed by this key only."
    )
    return seeds(signer(command))


def read_ways(given: Sequence[str], *, network: str, signer: str = "") -> "list[PeerAddress]":
    """The addresses that `--seeds` names; lists are verified.

    Args:
        given: Addresses, and files.
        network: What a list must be for.
        signer: Key, as text, that must have signed every list; empty: anybody's.

    Raises:
        BadSeedList: a list is damaged, altered, for another network, somebody else's, or older
            than one that was accepted before.
        UsageError: something is neither a file nor an address.
    """
    from seattle_p2p.wire.address import PeerAddress

    found: dict[PeerAddress, None] = {}
    for text in given:
        if _is_file(text):
            found |= dict.fromkeys(_read_list(Path(text), network, signer))
        else:
            found[PeerAddress.from_text(text)] = None
    return list(found)


def require_signer(path: Path, signed_by: "PublicKey", wanted: str) -> None:
    """Accept who signed a list; anybody when `wanted` is empty.

    Raises:
        BadSeedList: it is not the key that was named.
    """
    from seattle_p2p.identity.keys import PublicKey

    if wanted and PublicKey.from_text(wanted) != signed_by:
        raise BadSeedList(
            f"{path} is signed by {signed_by.short}…, not by the one you named",
            hint="ask whoever runs the network for the right list; do not use this one",
        )


def _is_file(text: str) -> bool:
    return Path(text).exists() or "/" in text or text.endswith(".seeds")


def _read_list(path: Path, network: str, signer: str) -> "list[PeerAddress]":
    from seattle_p2p.cli.places import accepted_lists_file
    from seattle_p2p.installer.accepted_lists import AcceptedLists
    from seattle_p2p.installer.seed_list import load_seed_list

    seeds, signed_by = load_seed_list(path)
    require_signer(path, signed_by, signer)
    if seeds.network != network:
        raise BadSeedList(
            f"{path} lists ways into network {seeds.network!r}, not into {network!r}",
            hint=f"add --network {seeds.network}, or use the list of that network",
        )
    accepted = accepted_lists_file()
    try:
        AcceptedLists(accepted).accept(seeds, signed_by, name=str(path))
    except OSError as reason:
        output.note(f"cannot note in {accepted} that this list is new: {reason.strerror}")
    output.note(
        f"{path.name}: {len(seeds.seeds)} seeds, list {seeds.number} of {signed_by.text}"
    )
    return [seed.address for seed in seeds.seeds]
