"""`seattle overlay`: look inside the network that finds things. Nobody needs it to work."""

from typing import TYPE_CHECKING

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.loop import run_loop
from seattle_p2p.cli.overlay_node import WhichNode, node_options
from seattle_p2p.errors import UsageError

if TYPE_CHECKING:
    from seattle_p2p.experiment.visit import LookedFor
    from seattle_p2p.net.inside import OverlayReport
    from seattle_p2p.overlay.views import BucketView, TableView

ID_DIGITS = 40


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
@node_options
@output.json_option
def lookup(target: str, asked: WhichNode, as_json: bool) -> None:
    """Find the nodes closest to a KEY's place, or to an ID of 40 hexadecimal digits.

    For a KEY also reads what is advertised under it, each node asked to prove that it lives.
    Joins for a moment, as a client that nobody remembers.
    """
    from seattle_p2p.experiment.visit import look_for

    person, id = _target(target)
    network, ways = asked.ways_in()
    found = run_loop(
        look_for(person, id, network=network, contacts=ways, timeout_s=asked.timeout_s)
    )
    if as_json:
        output.document(output.plain(found))
        return
    _show_lookup(found)


@overlay.command()
@node_options
@output.json_option
def peers(asked: WhichNode, as_json: bool) -> None:
    """Show the routing table of the node that runs here, bucket by bucket.

    Without one, or with --contact, that of a client that joins for a moment. The last bucket is
    the one around the node's own id; contacts heard from least recently come first.
    """
    report = asked.report()
    if as_json:
        output.document(output.plain(report))
        return
    for table in report.tables:
        _show_table(table)


@overlay.command()
@node_options
@output.json_option
def stats(asked: WhichNode, as_json: bool) -> None:
    """Show what the node that runs here counted since it began, and what it holds now.

    Without one, or with --contact, that of a client that joins for a moment. Names:
    sent.X and received.X are messages of kind X, dropped.X what was not answered and why,
    octets.X the traffic, proofs.X signatures made and checked.
    """
    report = asked.report()
    document = output.plain(report)
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
