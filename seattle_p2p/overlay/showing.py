"""Shows people who look inside what a node counted and what its table is like."""

from seattle_p2p.identity.keys import ID_BITS, ID_BYTES
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.core import Statistics
from seattle_p2p.overlay.exchange import Exchange
from seattle_p2p.overlay.params import SECOND
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.overlay.views import BucketView, ContactView, TableView

_MILLISECOND = SECOND / 1000


def count_up(parts: Parts, *, published: int) -> Statistics:
    """What a node counted so far; `published` persons are advertised under now."""
    return Statistics(
        role=parts.reach.role,
        contacts=len(parts.table),
        buckets=len(parts.table.buckets),
        size_estimate=parts.estimate.servers,
        records=len(parts.records),
        outstanding=len(parts.exchange.requests),
        activities=len(parts.tasks),
        acquaintances=len(parts.exchange.acquaintances),
        timers=len(parts.agenda),
        published=published,
        counts=_counts(parts.exchange),
    )


def view_table(parts: Parts, now: int) -> TableView:
    """The routing table of a node at `now`, in nanoseconds."""
    buckets = [
        BucketView(
            shared_bits=_shared(bucket.lower, parts.own_id, bucket.inside),
            own=bucket.lower ^ parts.own_id <= bucket.inside,
            contacts=tuple(_view(parts, peer, now) for peer in bucket.nodes),
            waiting=len(bucket.replacement_nodes),
        )
        for bucket in parts.table.buckets
    ]
    radius = parts.estimate.radius(parts.params.k)
    return TableView(
        family={1: "IPv4", 2: "IPv6"}.get(parts.families, "both"),
        buckets=tuple(sorted(buckets, key=lambda b: (b.own, b.shared_bits))),
        size_estimate=parts.estimate.servers,
        region_bits=ID_BITS - radius.bit_length() if radius else 0,
        in_region=sum(peer.id ^ parts.own_id <= radius for peer in parts.table),
    )


def _view(parts: Parts, peer: Peer, now: int) -> ContactView:
    known = parts.exchange.acquaintances.at(peer.endpoint)
    return ContactView(
        id=peer.id.to_bytes(ID_BYTES).hex(),
        address=str(peer.endpoint),
        shared_bits=_shared(peer.id, parts.own_id, 0),
        round_trip_ms=round(known.round_trip / _MILLISECOND, 3) if known else 0.0,
        heard_s=round((now - known.heard) / SECOND, 1) if known and known.heard else 0.0,
        doubted=peer.id in parts.suspects,
    )


def _shared(id: int, own_id: int, free: int) -> int:
    """Leading bits two ids have in common, leaving out those set in `free`."""
    return ID_BITS - ((id ^ own_id) | free).bit_length()


def _counts(exchange: Exchange) -> dict[str, int]:
    """What was counted, by public name."""
    received = {f"received.{kind.__name__}": n for kind, n in exchange.received.items()}
    sent = {f"sent.{kind.__name__}": n for kind, n in exchange.sent.items()}
    octets = {
        "octets.received": exchange.octets_received,
        "octets.sent": exchange.octets_sent,
    }
    return exchange.counts | received | sent | octets
