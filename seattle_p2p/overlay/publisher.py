"""What this node advertises, and when to write it again."""

from typing import Final

from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.overlay.core import Withdrawn
from seattle_p2p.overlay.introducer import Introducer
from seattle_p2p.overlay.params import nanoseconds
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.overlay.publication import Advertised, Publication
from seattle_p2p.overlay.withdrawal import Withdrawal

_LATER: Final = 4
"""Each of the first renewals comes so many times later than the one before."""
_YOUNG: Final = 4
"""So many rounds walk: the network may be growing around us."""
_WALK_EVERY: Final = 12
"""Of the later ones, those that walk; the others ask one holder who is near and trust it."""


class Publisher:
    """Keeps a node's adverts alive at their holders.

    Args:
        parts: The node's.
        introducer: Proves us where a holder wants more than a signature in passing.
    """

    def __init__(self, parts: Parts, introducer: Introducer) -> None:
        self._parts = parts
        self._introducer = introducer
        self._advertised: dict[PublicKey, Advertised] = {}
        self._sequence = 0
        """The latest of any advert: one that is withdrawn and comes back is newer, too."""

    def __len__(self) -> int:
        return len(self._advertised)

    def publish(
        self,
        person: PublicKey,
        overlay: tuple[Endpoint, ...],
        commands: tuple[Endpoint, ...],
        sequence: int,
        number: int,
        now: int,
    ) -> None:
        """Advertise under `person` from now on, with a sequence of at least `sequence`."""
        entry = self._advertised.get(person)
        if entry is None:
            entry = self._advertised[person] = Advertised(self._parts, person, self._renew)
        entry.overlay, entry.commands = overlay, commands
        self._sequence = max(self._sequence, sequence - 1)
        self._round(entry, number, now)

    def withdraw(self, person: PublicKey, number: int, now: int) -> None:
        """Have everyone who may still hold the advert remove it."""
        entry = self._advertised.pop(person, None)
        if entry is None:
            self._parts.tasks.pop(number, None)
            self._parts.events.append(Withdrawn(request=number, person=person, holders=0))
            return
        self._parts.agenda.cancel(entry)
        if entry.round is not None:
            entry.round.give_up()
        Withdrawal(self._parts, entry, number).start(now)

    def _renew(self, entry: Advertised, now: int) -> None:
        self._round(entry, 0, now)

    def _round(self, entry: Advertised, number: int, now: int) -> None:
        params = self._parts.params
        if entry.round is not None:
            number = number or entry.round.number
            entry.round.give_up()
        self._sequence += 1
        entry.sequence = self._sequence
        early = self._parts.rng.random() * params.renew_jitter
        wait_s = min(params.renew_s, params.first_renewal_s * _LATER**entry.rounds)
        walk = bool(number) or entry.rounds < _YOUNG or entry.rounds % _WALK_EVERY == 0
        entry.rounds += 1
        self._parts.agenda.at(now + nanoseconds(wait_s * (1 - early)), entry)
        entry.round = publication = Publication(
            self._parts, entry, self._introducer, number, walk=walk
        )
        publication.start(now)
