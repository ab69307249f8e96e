"""Laws that a core keeps by itself: table, requests, alarms. Each yields what is broken.

They read memories as they are, and work everything out another way than the core does.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from random import Random
from typing import Final

from seattle_p2p.identity.keys import ID_BITS
from seattle_p2p.overlay.agenda import Alarm
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.params import SECOND
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.overlay.publication import Advertised
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.overlay.upkeep import Upkeep

_LATE_S: Final = 1.0
"""An alarm that is due rings at once; none stands there longer."""


def table_laws(parts: Parts) -> Iterator[str]:
    """Buckets cover the space, hold what belongs into them, and the nearest are the nearest."""
    expected, known = 0, Counter[int]()
    for bucket in parts.table.buckets:
        lower, upper = bucket.range
        if lower != expected:
            yield f"buckets leave a gap before {lower:040x}"
        expected = upper + 1
        if len(bucket.nodes) > parts.params.k:
            yield f"a bucket holds {len(bucket.nodes)} contacts"
        if any(not lower <= peer.id <= upper for peer in bucket.nodes):
            yield "a contact stands in the wrong bucket"
        known.update(peer.id for peer in bucket.nodes)
    if expected != 1 << ID_BITS:
        yield "buckets do not reach the end of the space"
    if parts.own_id in known:
        yield "a node is its own contact"
    if known and max(known.values()) > 1:
        yield "a contact stands there twice"
    for bucket in parts.table.buckets:
        if bucket.replacement_nodes and len(bucket.nodes) < bucket.ksize:
            yield f"{len(bucket.replacement_nodes)} wait for a place that is free"
    target = Random(parts.own_id).getrandbits(ID_BITS)
    k = parts.params.k
    if parts.table.nearest(target, k) != nearest_by_rank(parts.table, target, k):
        yield f"the nearest of {target:040x} are not the nearest"


def nearest_by_rank(peers: Iterable[Peer], target: int, count: int) -> list[Peer]:
    """The best `count` peers of a target by the overlay's order, worked out the long way.

    By rank within the IP group, then by distance: see `overlay.order`, whose mistakes this
    must not share.
    """
    groups: dict[bytes, list[Peer]] = defaultdict(list)
    for peer in sorted(peers, key=lambda peer: peer.id ^ target):
        groups[peer.group].append(peer)
    ranked = [
        (rank, peer.id ^ target, peer)
        for group in groups.values()
        for rank, peer in enumerate(group)
    ]
    ranked.sort(key=lambda item: item[:2])
    return [peer for _, _, peer in ranked[:count]]


def request_laws(parts: Parts) -> Iterator[str]:
    """Whoever waits will be called, and nobody is called who does not wait."""
    requests = parts.exchange.requests
    alarms: list[Alarm] = list(parts.agenda)
    if len({id(alarm) for alarm in alarms}) < len(alarms):
        yield "an alarm is set twice"
    waiting = [alarm for alarm in alarms if isinstance(alarm, Outstanding)]
    for asked in waiting:
        if asked not in requests:
            yield f"an alarm is set for request {asked.number:x}, which is over"
    if len(waiting) < len(requests):
        yield f"{len(requests)} requests wait, {len(waiting)} alarms are set"
    for number, task in parts.tasks.items():
        if task.finished:
            yield f"task {number} is over and still there"


def alarm_laws(parts: Parts, now_ns: int) -> Iterator[str]:
    """What has to be done again and again will be, in time; of a node that has joined."""
    params, has_upkeep = parts.params, False
    for alarm in parts.agenda:
        left_s = ((alarm.due or 0) - now_ns) / SECOND
        if left_s < -_LATE_S:
            yield f"{type(alarm).__name__} is {-left_s:.0f} s late"
        if isinstance(alarm, Upkeep):
            has_upkeep = left_s <= params.upkeep_s
        elif isinstance(alarm, Advertised) and left_s > params.renew_s:
            yield f"an advert is written again only in {left_s:.0f} s"
    if not has_upkeep:
        yield "it does not look after itself in time"


def has_stale_buckets(parts: Parts, now_ns: int, up_s: float) -> bool:
    """Whether a bucket was not refreshed for too long by a node that has been up for `up_s`.

    One that was empty until lately is, too, and is no fault: few may be so at any time.
    """
    params = parts.params
    used = [bucket.last_updated for bucket in parts.table.buckets if bucket.nodes]
    # It asks for one stale bucket each time it looks after itself.
    patience_s = params.refresh_s + (len(used) + 2) * params.upkeep_s
    oldest = min(used, default=now_ns)
    return up_s > patience_s and (now_ns - oldest) / SECOND > patience_s


def order_of_buckets(parts: Parts) -> tuple[int, int]:
    """Neighbours in buckets heard from in the right order, and in the wrong one."""
    first = later = 0
    for bucket in parts.table.buckets:
        heard = []
        for peer in bucket.nodes:
            known = parts.exchange.acquaintances.at(peer.endpoint)
            if known is not None:
                heard.append(known.heard)
        for one, next_ in pairwise(heard):
            first += one < next_
            later += one > next_
    return first, later
