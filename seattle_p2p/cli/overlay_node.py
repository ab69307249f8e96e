"""Which node `seattle overlay` looks into: one that runs here, or a client made for it."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.loop import run_loop
from seattle_p2p.cli.person import network_option
from seattle_p2p.cli.places import donor_dir, research_dir, seed_dir
from seattle_p2p.cli.ways_in import read_ways, seeds_option
from seattle_p2p.errors import Unreachable, UsageError

if TYPE_CHECKING:
    from seattle_p2p.net.inside import OverlayReport
    from seattle_p2p.wire.address import PeerAddress


@dataclass(frozen=True)
class WhichNode:
    """How a node was asked for; `node_options` makes it.

    With contacts or seeds, a client joins through them; else the node of `folder`, or the one
    in a usual place, answers; without any, a client joins through peers remembered here.
    """

    contacts: tuple[str, ...]
    seeds: tuple[str, ...]
    signer: str
    folder: Path | None
    timeout_s: float
    network: str

    def report(self) -> "OverlayReport":
        """What the node says of itself.

        Raises:
            Unreachable: none answers.
            UsageError: none runs here, and no way into the network is known.
        """
        running = self._running()
        if running is not None:
            return running
        from seattle_p2p.experiment.visit import visit

        output.note("no node runs here: this is a client that joined for a moment")
        ways = _required(self._named() or _remembered(self.network))
        return run_loop(visit(network=self.network, contacts=ways, timeout_s=self.timeout_s))

    def ways_in(self) -> "tuple[str, list[PeerAddress]]":
        """The network, and where a client enters it; errors as for `report`."""
        running = self._running()
        if running is not None:
            return running.network, _ways_through(running)
        return self.network, _required(self._named() or _remembered(self.network))

    def _running(self) -> "OverlayReport | None":
        return None if self.contacts or self.seeds else _running(self.folder)

    def _named(self) -> "list[PeerAddress]":
        given = [*self.contacts, *self.seeds]
        return read_ways(given, network=self.network, signer=self.signer)


def node_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name a node; the command gets them together as `asked`."""

    @functools.wraps(command)
    def bundled(
        *,
        contacts: tuple[str, ...],
        seeds: tuple[str, ...],
        signer: str,
        folder: Path | None,
        timeout: float,
        network: str,
        **others: Any,
    ) -> Any:
        asked = WhichNode(contacts, seeds, signer, folder, timeout, network)
        return command(asked=asked, **others)

    contact = click.option(
        "--contact",
        "contacts",
        multiple=True,
        metavar="[KEY@]HOST:PORT",
        help="Any node of the network, when none runs here.",
    )
    folder_option = click.option(
        "--dir",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of the donor's node or the seed to look into (default: the usual ones).",
    )
    timeout_option = click.option(
        "--timeout", type=click.FloatRange(min=0.1), default=15.0, show_default=True
    )
    return contact(seeds_option(folder_option(timeout_option(network_option(bundled)))))


def _running(folder: Path | None) -> "OverlayReport | None":
    """What the node of `folder` says, else the donor's or the seed's in the usual place."""
    from seattle_p2p.manager.control import ask_overlay

    if folder is not None:
        return run_loop(ask_overlay(folder))
    for usual in (donor_dir(), seed_dir()):
        try:
            return run_loop(ask_overlay(usual))
        except Unreachable:
            continue
    return None


def _ways_through(report: "OverlayReport") -> "list[PeerAddress]":
    """Ways in through the node that runs here: itself, and whom it knows."""
    from seattle_p2p.wire.address import PeerAddress

    own = [PeerAddress.from_text(text) for text in report.addresses]
    loopback = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    own = [PeerAddress(loopback.get(one.host, one.host), one.port) for one in own]
    known = [
        PeerAddress.from_text(contact.address)
        for table in report.tables
        for bucket in table.buckets
        for contact in bucket.contacts
    ]
    return own + known


def _remembered(network: str) -> "list[PeerAddress]":
    """Peers that researchers of this account met on that network."""
    from seattle_p2p.experiment.memory import contacts_of
    from seattle_p2p.wire.address import PeerAddress

    return [PeerAddress.from_text(text) for text in contacts_of(research_dir(), network)]


def _required(ways: "list[PeerAddress]") -> "list[PeerAddress]":
    if not ways:
        raise UsageError(
            "no way into the network is known, and no node runs here",
            hint="name any node of it: --contact HOST:PORT",
        )
    return ways
