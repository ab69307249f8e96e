"""Clocks that run too fast or too slow: a core that is told another time than the world's."""

from collections.abc import Sequence
from typing import Any

from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.overlay.core import Event, Overlay
from seattle_p2p.wire.adverts import Advert


class Skewed:
    """An overlay core on a machine whose clock is wrong by a constant rate.

    Args:
        core: What runs there; everything not listed here is asked of it.
        rate: Seconds of its clock in a second of the world, such as 1.001.
    """

    def __init__(self, core: Overlay, rate: float) -> None:
        self._core = core
        self._rate = rate

    def __getattr__(self, name: str) -> Any:
        """What knows no time is asked of the core itself."""
        return getattr(self._core, name)

    def _own(self, now: int) -> int:
        return round(now * self._rate)

    # What drivers call

    def receive_datagram(self, data: Any, source: Endpoint, now: int) -> None:
        """See `overlay.core.Core`."""
        self._core.receive_datagram(data, source, self._own(now))

    def handle_timer(self, now: int) -> None:
        """See `overlay.core.Core`."""
        self._core.handle_timer(self._own(now))

    def datagrams_to_send(self) -> list[tuple[bytes, Endpoint]]:
        """See `overlay.core.Core`."""
        return self._core.datagrams_to_send()

    def events(self) -> list[Event]:
        """See `overlay.core.Core`."""
        return self._core.events()

    @property
    def deadline(self) -> int | None:
        """When the core wants to be woken, on the world's clock."""
        due = self._core.deadline
        # Rounded up: woken a nanosecond early, the core would find nothing due.
        return None if due is None else int(due / self._rate) + 2

    # What applications ask for

    def join(self, endpoints: Sequence[Endpoint], now: int, **named: Any) -> int:
        """See `overlay.core.Overlay`, here and below."""
        return self._core.join(endpoints, self._own(now), **named)

    def look_up(self, target: int, now: int) -> int:
        """Find the live peers closest to `target`."""
        return self._core.look_up(target, self._own(now))

    def find_adverts(self, person: PublicKey, now: int, **named: Any) -> int:
        """Find who advertises under `person`."""
        return self._core.find_adverts(person, self._own(now), **named)

    def publish(self, person: PublicKey, now: int, **named: Any) -> int:
        """Advertise this node under `person`."""
        return self._core.publish(person, self._own(now), **named)

    def withdraw(self, person: PublicKey, now: int) -> int:
        """Stop advertising."""
        return self._core.withdraw(person, self._own(now))

    def confirm(self, advert: Advert, now: int) -> int:
        """Ask for a sign of life."""
        return self._core.confirm(advert, self._own(now))

    def cancel(self, request: int, now: int) -> None:
        """Give up a request."""
        self._core.cancel(request, self._own(now))
