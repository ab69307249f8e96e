"""`seattle overlay`: look inside the network that finds things. Nobody needs it to work."""

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
    from seattle_p2p.experiment.visit import LookedFor
    from seattle_p2p.net.inside import OverlayReport
    from seattle_p2p.overlay.views import BucketView, TableView
    from seattle_p2p.wire.address import PeerAddress

ID_DIGITS = 40

dir_option = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the donor's node or the seed to look into (default: the usual ones).",
)
contact_option = click.option(
    "--contact",
    "contacts",
    multiple=True,
    metavar="[KEY@]HOST:PORT",
    help="Any node of the network, when none runs here.",
)
timeout_option = click.option(
    "--timeout", type=click.FloatRange(min=0.1), default=15.0, show_default=True
)


@click.group()
def overlay() -> None:
    """Look into the network: who is near a place, whom a node knows, what it counted.

    Every node has an id of 160 bits, which follows from its key. Two ids are as far apart as
    their exclusive or says. What is advertised under a key lies at a place among these ids,
    with the 20 nodes closest to it.

    A node knows many nodes near its own id and few far away, in buckets: bucket n holds those
    that have exactly the first n bits in common with it. So each question leads to somebody who
    is at least one bit closer.
    """


@overlay.command()
@click.argument("target", metavar="KEY|ID")
@contact_option
@seeds_option
@dir_option
@timeout_option
@network_option
@output.json_option
def lookup(
    target: str,
    contacts: tuple[str, ...],
    seeds: tuple[str, ...],
    signer: str,
    folder: Path | None,
    timeout: float,
    network: str,
    as_json: bool,
) -> None:
    """Find the nodes closest to a KEY's place, or to an ID of 40 hexadecimal digits.

    For a KEY also reads what is advertised under it, each node asked to prove that it lives.
    Joins for a moment, as a client that nobody remembers.
    """
    from seattle_p2p.experiment.visit import look_for

    person, id = _target(target)
    running = None if contacts or seeds else _running(folder)
    ways = read_ways([*contacts, *seeds], network=network, signer=signer)
    if running is not None:
        network, ways = running.network, _ways_through(running)
    ways = ways or _remembered(network)
    found = run_loop(
        look_for(person, id, network=network, contacts=_required(ways), timeout_s=timeout)
    )
    if as_json:
        output.document(_builtins(found))
        return
    _show_lookup(found)


@overlay.command()
@contact_option
@seeds_option
@dir_option
@timeout_option
@network_option
@output.json_option
def peers(
    contacts: tuple[str, ...],
    seeds: tuple[str, ...],
    signer: str,
    folder: Path | None,
    timeout: float,
    network: str,
    as_json: bool,
) -> None:
    """Show the routing table of the node that runs here, bucket by bucket.

    Without one, or with --contact, that of a client that joins for a moment. The last bucket is
    the one around the node's own id; contacts heard from least recently come first.
    """
    report = _report(contacts, seeds, signer, folder, timeout, network)
    if as_json:
        output.document(_builtins(report))
        return
    for table in report.tables:
        _show_table(table)


@overlay.command()
@contact_option
@seeds_option
@dir_option
@timeout_option
@network_option
@output.json_option
def stats(
    contacts: tuple[str, ...],
    seeds: tuple[str, ...],
    signer: str,
    folder: Path | None,
    timeout: float,
    network: str,
    as_json: bool,
) -> None:
    """Show what the node that runs here counted since it began, and what it holds now.

    Without one, or with --contact, that of a client that joins for a moment. Names:
    sent.X and received.X are messages of kind X, dropped.X what was not answered and why,
    octets.X the traffic, proofs.X signatures made and checked.
    """
    report = _report(contacts, seeds, signer, folder, timeout, network)
    document = _builtins(report)
    del document["tables"]
    if as_json:
        output.document(document)
        return
    counts = document["statistics"].pop("counts")
    output.table(("WHAT", "NOW"), _facts(report).items())
    click.echo()
    output.table(("COUNTED", "SINCE IT BEGAN"), sorted(counts.items()))


def _facts(report: "OverlayReport") -> dict[str, object]:
    held = report.statistics
    return {
        "node": report.id,
        "role": held.role.value,
        "listens at": ", ".join(report.addresses),
        "seen at": report.seen_at or "nobody has said",
        "contacts": held.contacts,
        "network's size": _size(held.size_estimate),
        "adverts held for others": held.records,
        "people it advertises under": held.published,
        "questions without answer": held.outstanding,
        "work under way": held.activities,
        "addresses remembered": held.acquaintances,
        "timers": held.timers,
    }


def _show_lookup(found: "LookedFor") -> None:
    output.note(f"place {found.target}")
    output.table(
        ("#", "ID", "SHARED BITS", "AT"),
        [
            (number, peer.id, peer.shared_bits, peer.address)
            for number, peer in enumerate(found.closest, 1)
        ],
    )
    output.note(
        f"{len(found.closest)} closest nodes in {found.took_ms:.0f} ms; network's size: "
        f"{_size(found.size_estimate)}"
    )
    if found.adverts is None:
        return
    click.echo()
    output.table(
        ("ADVERTISED NODE", "COMMANDS AT"),
        [(advert.node, ", ".join(advert.commands)) for advert in found.adverts],
    )
    said = f"{len(found.adverts)} nodes advertise under this key and live"
    if found.adverts:
        said += f"; first after {found.first_ms:.0f} ms, all after {found.all_ms:.0f} ms"
    output.note(said)
    for warning in found.warnings:
        output.note(f"warning: {warning}")


def _show_table(table: "TableView") -> None:
    rows = [row for bucket in table.buckets for row in _bucket_rows(bucket)]
    output.table(("BUCKET", "ID", "SHARED BITS", "ROUND TRIP", "HEARD", "AT"), rows)
    contacts = sum(len(bucket.contacts) for bucket in table.buckets)
    region = "unknown"
    if table.region_bits:
        region = f"ids that share {table.region_bits} bits, {table.in_region} of them known"
    output.note(
        f"{table.family}: {contacts} contacts in {len(table.buckets)} buckets; network's size: "
        f"{_size(table.size_estimate)}; own region: {region}"
    )


def _bucket_rows(bucket: "BucketView") -> list[tuple[object, ...]]:
    name = f"{bucket.shared_bits}{'+' if bucket.own else ''}"
    return [
        (
            name,
            contact.id,
            contact.shared_bits,
            f"{contact.round_trip_ms:.1f} ms" if contact.round_trip_ms else "-",
            f"{contact.heard_s:.0f} s ago" if contact.heard_s else "-",
            contact.address + (" (in doubt)" if contact.doubted else ""),
        )
        for contact in bucket.contacts
    ]


def _size(servers: int) -> str:
    return f"about {servers}" if servers else "unknown yet"


# Which node to look into


def _report(
    contacts: tuple[str, ...],
    seeds: tuple[str, ...],
    signer: str,
    folder: Path | None,
    timeout: float,
    network: str,
) -> "OverlayReport":
    running = None if contacts or seeds else _running(folder)
    if running is not None:
        return running
    from seattle_p2p.experiment.visit import visit

    ways = read_ways([*contacts, *seeds], network=network, signer=signer)
    output.note("no node runs here: this is a client that joined for a moment")
    ways = _required(ways or _remembered(network))
    return run_loop(visit(network=network, contacts=ways, timeout_s=timeout))


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


def _target(text: str) -> "tuple[str, int | None]":
    """A key's text, or an id as a number."""
    from seattle_p2p.identity.keys import PublicKey

    if len(text) == ID_DIGITS:
        try:
            return "", int(text, 16)
        except ValueError:
            pass
    try:
        return PublicKey.from_text(text).text, None
    except UsageError as reason:
        raise UsageError(
            f"{text[:60]!r} is neither a key nor an id: {reason.message}",
            hint="a key as `seattle keys show` prints it, or an id of 40 digits of 0-9 and a-f",
        ) from reason


def _builtins(found: Any) -> dict[str, Any]:
    import msgspec

    document = msgspec.to_builtins(found)
    assert isinstance(document, dict)
    return document
