"""Vessels as the ledger keeps them."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.database import Database


class Run(msgspec.Struct, frozen=True):
    """A program as it was started last: `id` is the hexadecimal id of the start command."""

    id: str
    program: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class VesselRow:
    """One vessel. `generation` rises when rights or content change under everyone's feet."""

    number: int
    owner: PublicKey
    users: tuple[PublicKey, ...]
    information: str
    advertise: bool
    keep_running: bool
    restrictions: str
    generation: int
    run: Run | None
    layers: tuple[str, ...] = ()
    """Names of its security layers, lowest first; `Ledger.layers` has their texts."""

    @property
    def name(self) -> str:
        """``v`` and the number, never given twice on one node."""
        return f"v{self.number}"

    @property
    def people(self) -> tuple[PublicKey, ...]:
        """Owner first, then users, each once."""
        return tuple(dict.fromkeys((self.owner, *self.users)))


def read_vessels(database: Database) -> Iterator[VesselRow]:
    """All vessels of a ledger, lowest number first.

    Raises:
        LedgerError: the file cannot be read, or does not say what it should.
    """
    users: dict[int, list[PublicKey]] = {}
    for vessel, person in database.execute(
        "SELECT vessel, person FROM users ORDER BY vessel, place"
    ):
        users.setdefault(vessel, []).append(PublicKey(person))
    layers: dict[int, list[str]] = {}
    for vessel, name in database.execute(
        "SELECT vessel, name FROM layers ORDER BY vessel, place"
    ):
        layers.setdefault(vessel, []).append(name)
    for row in database.execute(
        "SELECT number, owner, information, advertise, keep_running, restrictions,"
        " generation, run FROM vessels ORDER BY number"
    ):
        number, owner, information, advertise, keep, restrictions, generation, run = row
        yield VesselRow(
            number,
            PublicKey(owner),
            tuple(users.get(number, ())),
            information,
            bool(advertise),
            bool(keep),
            restrictions,
            generation,
            msgspec.json.decode(run, type=Run) if run else None,
            tuple(layers.get(number, ())),
        )
