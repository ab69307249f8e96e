"""A short visit to the overlay, by somebody who wants to see how it looks from inside."""

import contextlib
import time
from collections.abc import Sequence

import msgspec

from seattle_p2p.experiment.browse import Driver, doubts_about, joined
from seattle_p2p.identity.keys import ID_BITS, ID_BYTES, PublicKey, storage_key, storage_place
from seattle_p2p.net.inside import OverlayReport, look_into
from seattle_p2p.overlay.core import AdvertFound, AdvertsRead
from seattle_p2p.wire.address import PeerAddress


class Near(msgspec.Struct, frozen=True):
    """A node near a place; ids are 40 hexadecimal digits."""

    id: str
    address: str
    shared_bits: int
    """Leading bits of its id that are the place's, too."""


class Advertised(msgspec.Struct, frozen=True):
    """A node that advertises under the key and lives."""

    node: str
    overlay: list[str]
    commands: list[str]
    sequence: int


class LookedFor(msgspec.Struct, frozen=True):
    """What a lookup found. Times in milliseconds, joining left out.

    `adverts` is None when an id was looked for; `first_ms` is when the first of them had proved
    that it lives, 0 while there is none.
    """

    network: str
    target: str
    key: str
    closest: list[Near]
    took_ms: float
    size_estimate: int
    adverts: list[Advertised] | None = None
    first_ms: float = 0.0
    all_ms: float = 0.0
    holders: int = 0
    dead: int = 0
    warnings: list[str] = []


async def look_for(
    person: str,
    id: int | None,
    *,
    network: str,
    contacts: Sequence[PeerAddress],
    timeout_s: float,
) -> LookedFor:
    """Who is closest to an id, or to the place of a key; and what lies there.

    Args:
        person: A key as text; empty when `id` is given.
        id: 0 <= id < 2**160, or None for the place of `person`.

    Raises:
        Unreachable: none of `contacts` answered in time.
    """
    key = PublicKey.from_text(person) if person else None
    target = storage_place(storage_key(key).public) if key else id or 0
    async with joined(network, contacts, timeout_s) as (driver, warnings):
        began = time.perf_counter()
        peers = await driver.look_up(target, timeout_s=timeout_s)
        found = LookedFor(
            network=network,
            target=target.to_bytes(ID_BYTES).hex(),
            key=person,
            closest=[
                Near(
                    peer.id.to_bytes(ID_BYTES).hex(),
                    str(peer.endpoint),
                    ID_BITS - (peer.id ^ target).bit_length(),
                )
                for peer in peers
            ],
            took_ms=_since(began),
            size_estimate=driver.statistics().size_estimate,
            warnings=warnings,
        )
        return await _with_adverts(found, driver, key) if key else found


async def _with_adverts(found: LookedFor, driver: Driver, key: PublicKey) -> LookedFor:
    began = time.perf_counter()
    first_ms = 0.0
    adverts: dict[PublicKey, Advertised] = {}
    end: AdvertsRead | None = None
    events = driver.watch_adverts(key)
    async with contextlib.aclosing(events):
        async for event in events:
            if isinstance(event, AdvertFound):
                first_ms = first_ms or _since(began)
                advert = event.advert
                adverts[advert.node] = Advertised(
                    advert.node.text,
                    list(map(str, advert.overlay)),
                    list(map(str, advert.commands)),
                    advert.sequence,
                )
            else:
                end = event
    return msgspec.structs.replace(
        found,
        adverts=[adverts[node] for node in sorted(adverts)],
        first_ms=first_ms,
        all_ms=_since(began),
        holders=end.holders if end else 0,
        dead=end.dead if end else 0,
        warnings=found.warnings + (doubts_about(end, driver) if end else []),
    )


async def visit(
    *, network: str, contacts: Sequence[PeerAddress], timeout_s: float
) -> OverlayReport:
    """Join for a moment; what a newcomer's own tables and counters are then.

    Raises:
        Unreachable: none of `contacts` answered in time.
    """
    async with joined(network, contacts, timeout_s) as (driver, _):
        return look_into(driver, driver.public, network)


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)
