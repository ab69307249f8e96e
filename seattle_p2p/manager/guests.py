"""Who is connected to a node manager, and who has to leave or to wait for whom.

Whoever is silent, slow or too many loses connections: those that never signed anything first.
"""

import asyncio
import ipaddress
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from seattle_p2p.errors import TooMuch
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.challenges import Line
from seattle_p2p.manager.rations import Rations
from seattle_p2p.wire.limits import (
    CHALLENGE_IDLE_S,
    MAX_CONNECTIONS,
    MAX_CONNECTIONS_PER_ADDRESS,
    MAX_CONNECTIONS_PER_KEY,
)

HEADER_S = 10.0
"""From the end of the handshake to a whole first request."""
SWEEP_S = 1.0
STRANGERS_PER_S = 50.0
"""Messages answered for one party that come from keys without a right to anything here; a
researcher's first look takes two."""
PER_KEY_PER_S = 400.0
"""Commands answered for one key that has a right to something here, over all its connections:
a third of a core. `PER_KEY_AT_ONCE_S` seconds' worth may come at once."""
PER_KEY_AT_ONCE_S = 10.0
_PARTY_BITS = 48
"""Of IPv6: addresses that share so many bits are likely one party's (glossary: IP group)."""


def party_of(address: str) -> str:
    """Who is behind an address: of IPv4 the address, of IPv6 its /48.

    Args:
        address: As a socket names its peer; IPv4 in IPv6's clothes is IPv4.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if ip.version == 6 and ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    if ip.version == 4:
        return str(ip)
    return str(ipaddress.ip_network((ip, _PARTY_BITS), strict=False))


@dataclass(eq=False)
class Guest:
    """One connection, from its acceptance on.

    Attributes:
        party: Whose connections it counts among, see `party_of`.
        since_s: When it last did something.
        person: Whose key it is counted for.
        busy: Whether it is being answered just now.
        asked: Whether it got as far as a conversation.
        streaming: The task that sends it a long answer.
    """

    party: str
    since_s: float
    line: Line
    transport: asyncio.Transport | None = None
    handshake: asyncio.Task[None] | None = None
    person: PublicKey | None = None
    busy: bool = False
    asked: bool = False
    streaming: asyncio.Task[object] | None = None

    def leave(self) -> None:
        """Cut the connection at whatever stage it is."""
        self.line.close()
        if self.transport is not None:
            self.transport.abort()
        elif self.handshake is not None:
            self.handshake.cancel()


class Guests:
    """All connections of one service.

    Args:
        counts: What happened, by its name; added to.
        clock: Monotonic seconds.
    """

    def __init__(self, counts: defaultdict[str, int], clock: Callable[[], float]) -> None:
        self._counts = counts
        self._clock = clock
        self._guests: set[Guest] = set()
        self._somebody = asyncio.Event()
        self._strangers = Rations(STRANGERS_PER_S, clock)
        self._keys = Rations(PER_KEY_PER_S, clock, at_once_s=PER_KEY_AT_ONCE_S)

    def __len__(self) -> int:
        """How many there are, handshakes included."""
        return len(self._guests)

    def __contains__(self, guest: object) -> bool:
        """Whether it was not sent away meanwhile."""
        return guest in self._guests

    def enter(self, address: str, line: Line) -> Guest | None:
        """A new connection from an address; None when there is no room for it."""
        guest = Guest(party_of(address), self._clock(), line)
        if not self._make_room(guest.party):
            return None
        self._guests.add(guest)
        self._somebody.set()
        return guest

    def send_all_away(self) -> None:
        """Cut every connection."""
        for guest in list(self._guests):
            guest.leave()

    def forget(self, guest: Guest) -> None:
        """It is gone; may be said again."""
        guest.line.close()
        self._guests.discard(guest)
        if not self._guests:
            self._somebody.clear()

    async def sweep(self) -> None:
        """Cut those who are silent, or dribble a header; sleeps while nobody is here."""
        while True:
            await self._somebody.wait()
            await asyncio.sleep(SWEEP_S)
            now = self._clock()
            for guest in list(self._guests):
                patience = CHALLENGE_IDLE_S if guest.asked else HEADER_S
                if guest.transport and not guest.busy and now - guest.since_s > patience:
                    self.forget(guest)
                    guest.leave()
                    self._counts["connection.idle"] += 1

    def wait_s(self, guest: Guest) -> float:
        """How long its next message waits: strangers with their party, others by their key.

        Raises:
            TooMuch: its key holds too many connections, and none of them is idle.
        """
        person, count = guest.line.person, guest.line.commands
        if person is None:
            return self._strangers.wait_s(guest.party, count)
        if person != guest.person:
            guest.person = person
            same = [other for other in self._guests if other.person == person]
            if len(same) > MAX_CONNECTIONS_PER_KEY and not self._send_away(
                [other for other in same if not other.busy]
            ):
                raise TooMuch(f"more than {MAX_CONNECTIONS_PER_KEY} connections of one key")
        return self._keys.wait_s(person, count)

    def _make_room(self, party: str) -> bool:
        """Room for one more of `party`: of its own connections, then of anybody's."""
        same = [guest for guest in self._guests if guest.party == party]
        if len(same) >= MAX_CONNECTIONS_PER_ADDRESS and not self._send_away(same):
            return False
        if len(self._guests) >= MAX_CONNECTIONS:
            return self._send_away(list(self._guests))
        return True

    def _send_away(self, guests: list[Guest]) -> bool:
        """Cut the one that is idle and did least to be kept: unproved first, then oldest."""
        idle = [guest for guest in guests if not (guest.busy and guest.line.proved)]
        if not idle:
            self._counts["connection.refused"] += 1
            return False
        worst = min(idle, key=lambda guest: (guest.line.proved, guest.since_s))
        self.forget(worst)
        worst.leave()
        self._counts["connection.cut"] += 1
        return True
