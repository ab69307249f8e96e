"""Nodes that lie: an ordinary core inside, its words changed on their way out.

A `Hostile` core takes part in everything the protocol demands, tokens, numbers and id proofs
included, so honest nodes have no reason to doubt it; its `Conduct` decides what it hears and
what becomes of its answers. Accomplices share a `Gang`.
"""

import random
from collections import deque
from collections.abc import Sequence
from typing import Any

import msgspec

from seattle_p2p.errors import PeerError
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.core import Core, Event
from seattle_p2p.wire.codec import Codec
from seattle_p2p.wire.datagrams import (
    Adverts,
    Find,
    Found,
    Message,
    Read,
    Reply,
    Stored,
)

_NAMED = 20
"""Peers named in a lie: as many as an honest answer has."""
_CLOSE_BITS = 24
"""Invented ids share all but so many bits with the target: closer than anybody could grind."""
_TARGETS_KEPT = 4096
_MADE_UP_GROUPS = range(1, 12)
"""Nobody's addresses: first octets that no host of a simulation has."""


class Gang:
    """What accomplices know together.

    Args:
        rng: Their choices.
        members: Packed peers of the accomplices.
        victims: Endpoints of honest nodes, to be named under false ids.
    """

    def __init__(
        self, rng: random.Random, members: Sequence[Peer], victims: Sequence[Endpoint] = ()
    ) -> None:
        self.rng = rng
        self.members = list(members)
        self.victims = list(victims)

    def closest(self, target: int) -> list[bytes]:
        """The accomplices closest to `target`, packed."""
        chosen = sorted(self.members, key=lambda peer: peer.id ^ target)[:_NAMED]
        return [peer.packed for peer in chosen]

    def invented(self, target: int) -> list[bytes]:
        """Peers that do not exist, closer to `target` than anybody, each of another IP group.

        Half are at honest nodes' endpoints, which will answer; half where nobody is.
        """
        rng, named = self.rng, []
        for number in range(_NAMED):
            id = target ^ rng.getrandbits(_CLOSE_BITS)
            if self.victims and number % 2:
                endpoint = rng.choice(self.victims)
            else:
                endpoint = nobodys_endpoint(rng)
            named.append(Peer(id, endpoint).packed)
        return named


class Conduct:
    """How a node behaves; this one is honest. A new kind of liar overrides one method or two.

    Args:
        gang: Whom it works with.
    """

    def __init__(self, gang: Gang) -> None:
        self.gang = gang

    def hears(self, message: Message) -> bool:
        """Whether a message reaches the honest core inside."""
        return True

    def says(self, message: Message, target: int | None) -> Message | None:
        """What goes out in the place of `message`; None for nothing.

        Args:
            message: What the honest core says.
            target: What was looked for, when `message` answers a `Find` or a `Read`.
        """
        return message


class Withhold(Conduct):
    """Routes honestly, says it keeps every advert, and hands none out."""

    def says(self, message: Message, target: int | None) -> Message | None:
        """Nothing lies here."""
        if isinstance(message, Adverts):
            return msgspec.structs.replace(
                message, adverts=[], total=0, digest=b"", last=b"", split=0
            )
        if isinstance(message, Stored):
            return msgspec.structs.replace(message, outcome=0, lifetime_s=3600, split=0)
        return message


class Misroute(Withhold):
    """Withholds, and names only accomplices, whatever is looked for."""

    def says(self, message: Message, target: int | None) -> Message | None:
        """My friends are the closest."""
        said = super().says(message, target)
        if target is not None and isinstance(said, Found | Adverts):
            return msgspec.structs.replace(said, peers=self._names(target))
        return said

    def _names(self, target: int) -> list[bytes]:
        return self.gang.closest(target)


class Invent(Misroute):
    """Withholds, and names peers that do not exist, closer than anybody, in many IP groups."""

    def _names(self, target: int) -> list[bytes]:
        return self.gang.invented(target)


class Ignore(Conduct):
    """Proves its id and answers pings, so that it stays in tables, and nothing else."""

    def hears(self, message: Message) -> bool:
        """Whoever looks for something is not heard."""
        return not isinstance(message, Find | Read)


class Hostile:
    """A core whose words are not its own.

    Args:
        core: The honest one inside; everything not listed here is asked of it.
        codec: Reads and writes what the driver carries.
        conduct: What it does otherwise.
    """

    def __init__(self, core: Core, codec: Codec, conduct: Conduct) -> None:
        self._core = core
        self._codec = codec
        self._conduct = conduct
        self._targets: dict[tuple[int, Endpoint], int] = {}
        self._order: deque[tuple[int, Endpoint]] = deque()

    def __getattr__(self, name: str) -> Any:
        """What applications ask for is asked of the core inside."""
        return getattr(self._core, name)

    @property
    def deadline(self) -> int | None:
        """See `overlay.core.Core`."""
        return self._core.deadline

    def next_timer(self) -> float | None:
        """See `overlay.core.Core`."""
        return self._core.next_timer()

    def handle_timer(self, now: int) -> None:
        """See `overlay.core.Core`."""
        self._core.handle_timer(now)

    def events(self) -> list[Event]:
        """See `overlay.core.Core`."""
        return self._core.events()

    def receive_datagram(self, data: bytes, source: Endpoint, now: int) -> None:
        """Take in one datagram, if the conduct lets the core hear it."""
        try:
            message = self._codec.decode(data)
        except PeerError:
            return
        if isinstance(message, Find):
            self._remember(message.number, source, message.target)
        elif isinstance(message, Read):
            self._remember(message.number, source, message.place)
        if self._conduct.hears(message):
            self._core.receive_datagram(data, source, now)

    def datagrams_to_send(self) -> list[tuple[bytes, Endpoint]]:
        """What the core says, as the conduct would have it."""
        sent = []
        for data, endpoint in self._core.datagrams_to_send():
            message = self._codec.decode(data)
            target = None
            if isinstance(message, Reply):
                target = self._targets.get((message.number, endpoint))
            said = self._conduct.says(message, target)
            if said is message:
                sent.append((data, endpoint))
            elif said is not None:
                sent.append((self._codec.encode(said), endpoint))
        return sent

    def _remember(self, number: int, source: Endpoint, target: bytes) -> None:
        if len(self._order) >= _TARGETS_KEPT:
            self._targets.pop(self._order.popleft(), None)
        self._order.append((number, source))
        self._targets[number, source] = int.from_bytes(target)


def nobodys_endpoint(rng: random.Random) -> Endpoint:
    """Somewhere in a made-up IP group, where nobody answers."""
    first = rng.choice(_MADE_UP_GROUPS)
    return Endpoint(f"{first}.{rng.randrange(256)}.{rng.randrange(256)}.9", 9)
