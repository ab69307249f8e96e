"""The nodes that adverts name, while somebody reads them: each one's newest, and who lives."""

from collections.abc import Callable
from typing import Final

from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.core import AdvertFound
from seattle_p2p.overlay.introducer import Introducer
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.wire.adverts import Advert

_VERSIONS: Final = 3
"""Adverts of one node that are tried, newest first, before it counts as dead."""


class Roll:
    """Tells an application of nodes; has each show that it lives first, if that is wanted.

    Args:
        parts: The node's.
        number: The application's request number.
        confirm: Whether each node must show that it lives before it is told of.
        on_told: Is called after a node was told of.
        on_dead: Is told the id of a node that is not there, and the time.
        on_tried: Is told the time when a node was tried, whatever came of it.
    """

    def __init__(
        self,
        parts: Parts,
        number: int,
        *,
        confirm: bool,
        on_told: Callable[[], None],
        on_dead: Callable[[int, int], None],
        on_tried: Callable[[int], None],
    ) -> None:
        self._parts = parts
        self._number = number
        self._confirm = confirm
        self._on_told = on_told
        self._on_dead = on_dead
        self._on_tried = on_tried
        self._introducer = Introducer(parts, parts.params.confirmations)
        self._versions: dict[int, list[Advert]] = {}
        self._trying: dict[int, int] = {}
        self._told: dict[int, int] = {}
        self._dead: set[int] = set()
        self._is_over = False

    @property
    def told(self) -> int:
        """Nodes told of."""
        return len(self._told)

    @property
    def dead(self) -> int:
        """Nodes that did not show that they live."""
        return len(self._dead)

    @property
    def is_trying(self) -> bool:
        """Whether it is still to be seen if some node lives."""
        return bool(self._trying)

    def give_up(self) -> None:
        """Try nobody any more, and tell nothing."""
        self._is_over = True
        self._introducer.give_up()

    def take(self, advert: Advert, now: int) -> None:
        """An advert that its node signed; told of unless one as new was."""
        id = advert.node.node_id
        versions = self._versions.setdefault(id, [])
        versions.append(advert)
        versions.sort(key=lambda a: -a.sequence)
        del versions[_VERSIONS:]
        if not self._confirm:
            if versions[0] is advert and self._told.get(id, -1) < advert.sequence:
                self._tell(advert, alive=False)
            return
        if id not in self._trying and id not in self._told:
            self._trying[id] = 0
            self._try_next(id, now)

    def _try_next(self, id: int, now: int) -> None:
        """Have a node show that it lives at the next endpoint it was advertised with.

        Its advert, which it signed, says that it is there; whoever answers there under its id
        will do, for nothing is entrusted to it before it has shown its key.
        """
        if id == self._parts.own_id:
            del self._trying[id]
            self._tell(self._versions[id][0], alive=True)
            return
        ways = self._ways_to(id)
        patience = self._parts.params.confirm_patience
        index = self._trying[id]
        if index >= len(ways) * len(patience):
            del self._trying[id]
            self._dead.add(id)
            self._on_dead(id, now)
            self._on_tried(now)
            return
        self._trying[id] = index + 1
        endpoint, advert = ways[index % len(ways)]

        def then(peer: Peer | None, at: int) -> None:
            if self._is_over:
                return
            if peer is None:
                self._try_next(id, at)
                return
            del self._trying[id]
            self._dead.discard(id)
            self._tell(advert, alive=True)
            self._on_tried(at)

        self._introducer.introduce(
            endpoint, id, now, then, patience=patience[index // len(ways)], greet=True
        )

    def _ways_to(self, id: int) -> list[tuple[Endpoint, Advert]]:
        """Endpoints of a node with the newest advert that names each, newest advert first."""
        ways: dict[Endpoint, Advert] = {}
        for advert in self._versions[id]:
            for endpoint in advert.overlay:
                if endpoint.family & self._parts.families:
                    ways.setdefault(endpoint, advert)
        return list(ways.items())

    def _tell(self, advert: Advert, *, alive: bool) -> None:
        self._told[advert.node.node_id] = advert.sequence
        found = AdvertFound(request=self._number, advert=advert, alive=alive)
        self._parts.events.append(found)
        self._on_told()
