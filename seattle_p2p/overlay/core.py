"""The contract between the overlay's core and whatever drives it: a socket or a simulator.

The core is told what happened and when; it is asked what to send, what to tell, and when it
wants to be called again. It opens nothing, waits for nothing and knows no date: `now` is whole
nanoseconds on the driver's monotonic clock and never goes back. After every call that takes
`now`, a driver carries out three things, in this order: hand on `events`, send
`datagrams_to_send`, and set its alarm to `next_timer`. Events come first because `cancel` takes
back what was not fetched yet: whoever is content with the first advert pays for no further
question. A driver whose application runs a little later than it is told may let it run before
it sends, but may not wait for anything that takes time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Protocol

import msgspec

from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.views import TableView
from seattle_p2p.wire.adverts import Advert
from seattle_p2p.wire.codec import Datagram


class Role(Enum):
    """What a node is to others. Found by peers that dial back, not by configuration."""

    UNKNOWN = "unknown"
    """Nobody has dialled back yet: treated by others as a client."""
    SERVER = "server"
    """Reachable: stands in tables, holds adverts."""
    CLIENT = "client"
    """Not reachable, or an experimenter: asks and publishes, never stands in tables."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What the core tells its driver. `request` is the number that the asking call returned."""

    request: int = 0


class Joined(Event, frozen=True, kw_only=True):
    """End of `join`: `peers` contacts in the table; `role` may still be unknown."""

    peers: int
    role: Role


class JoinFailed(Event, frozen=True, kw_only=True):
    """End of `join`: none of the `asked` endpoints let us in.

    At `impostors` somebody answers, but not the node that was to be there.
    """

    asked: int
    impostors: tuple[Endpoint, ...] = ()


class LookedUp(Event, frozen=True, kw_only=True):
    """End of `look_up`: the closest live peers, best first.

    `complete` is false when a bound ended it before the k closest had answered; `asked` counts
    its requests. Of each of `peers`, `after_ns` says when it answered, in nanoseconds since the
    question; `hops` are the questions that led to the closest, each by the answer before.
    """

    target: int
    peers: tuple[Peer, ...]
    complete: bool
    asked: int = 0
    after_ns: tuple[int, ...] = ()
    hops: int = 0


class AdvertFound(Event, frozen=True, kw_only=True):
    """One advert of `find_adverts`, as soon as it is known; each node's newest only once.

    With ``confirm`` (the default) its node has just answered, under its id, at one of the
    advert's endpoints. Without, only the signatures were checked and `alive` is false.
    """

    advert: Advert
    alive: bool


class AdvertsRead(Event, frozen=True, kw_only=True):
    """End of `find_adverts`: how much was found, and how far to trust that it is all.

    `found` were handed on, `dead` were in the records but did not show that they live,
    `holders` peers held any. `complete` is false when a bound ended it early or no peer
    answered at all; `one_source` is true when every answer came through one and the same peer,
    who may have withheld others; `alarm` when disjoint paths disagree about who is closest.
    """

    found: int
    dead: int
    holders: int
    complete: bool
    one_source: bool
    alarm: bool = False


class Published(Event, frozen=True, kw_only=True):
    """An advert was written to `holders` peers; `refused` others did not take it.

    The first round carries the request number of `publish`, renewals carry 0.
    """

    person: PublicKey
    holders: int
    refused: int


class Withdrawn(Event, frozen=True, kw_only=True):
    """End of `withdraw`: `holders` peers have removed the advert."""

    person: PublicKey
    holders: int


class Confirmed(Event, frozen=True, kw_only=True):
    """End of `confirm`: whether the advert's node proved just now that it lives."""

    advert: Advert
    alive: bool


class Pinged(Event, frozen=True, kw_only=True):
    """End of `ping`: the answering node's claimed id, or None; nothing is proved by it."""

    endpoint: Endpoint
    id: int | None
    round_trip_ns: int


class PeersElsewhere(Event, frozen=True, kw_only=True):
    """End of `look_elsewhere`: peers of the other address family, as others name them."""

    peers: tuple[Peer, ...]


class RoleFound(Event, frozen=True, kw_only=True):
    """The node's role changed; `seen_at` is where most peers see it, when they agree."""

    role: Role
    seen_at: Endpoint | None


class Statistics(msgspec.Struct, frozen=True, kw_only=True):
    """What a node counted since it began, and what it holds now. The core never logs."""

    role: Role
    contacts: int
    """In the table now."""
    buckets: int
    size_estimate: int
    """Servers in the network, as far as lookups tell; 0 while unknown."""
    records: int
    """Adverts held for others now."""
    outstanding: int
    """Requests without answer now."""
    activities: int
    """Lookups, reads, publications under way now."""
    acquaintances: int
    timers: int
    """Entries in the agenda now."""
    published: int
    """Persons under whose key this node advertises itself now."""
    counts: dict[str, int]
    """By name: ``sent.<Message>``, ``received.<Message>``, ``dropped.<reason>``,
    ``octets.sent``, ``octets.received``, ``proofs.made``, ``proofs.checked``, ``evicted`` …"""


class Signer(Protocol):
    """What signs for the node: `identity.keys.KeyPair`, or a cheap one in a simulation."""

    @property
    def public(self) -> PublicKey:
        """Whose signatures these are."""

    def sign(self, message: bytes) -> bytes:
        """64 octets over `message`."""


class Cryptography(Protocol):
    """How signatures are checked, and how a person's storage key is had."""

    def verify(self, key: PublicKey, message: bytes, signature: bytes) -> None:
        """Accept a signature. Raises `BadSignature`."""

    def storage_key(self, person: PublicKey) -> Signer:
        """The key that writes the records of `person` (`identity.keys.storage_key`)."""


class Core(Protocol):
    """What a driver relies on. None of these methods raises for anything a peer did."""

    def receive_datagram(self, data: Datagram, source: Endpoint, now: int) -> None:
        """Take in one datagram; whatever is wrong with it is counted."""

    def handle_timer(self, now: int) -> None:
        """Do what is due at `now`; harmless when nothing is."""

    def datagrams_to_send(self) -> list[tuple[Datagram, Endpoint]]:
        """Datagrams since the last call, in order; they are the driver's from here on."""

    def events(self) -> list[Event]:
        """What happened since the last call, in order."""

    def next_timer(self) -> float | None:
        """Seconds from the latest `now` the core was told until `handle_timer` is wanted.

        Never negative: 0.0 when something is due already. None when nothing ever will be.
        Any call may change it; a driver asks again after each.
        """

    @property
    def deadline(self) -> int | None:
        """The same as an absolute time in nanoseconds, for drivers that count them."""


class Overlay(Core, Protocol):
    """What `overlay.node.OverlayNode` offers to applications, through its driver.

    Methods that return a number answer with an event of that number; what is given up with
    `cancel` answers nothing and leaves nothing behind.
    """

    @property
    def id(self) -> int:
        """This node's identifier, 0 <= id < 2**160."""

    @property
    def public(self) -> PublicKey:
        """This node's key."""

    @property
    def role(self) -> Role:
        """What this node is to others."""

    @property
    def seen_at(self) -> Endpoint | None:
        """Where most peers see this node; None while nobody has said."""

    def set_local_endpoints(self, endpoints: Iterable[Endpoint]) -> None:
        """Tell the node where its socket is; a driver does so once it is bound."""

    def join(
        self, endpoints: Sequence[Endpoint], now: int, *, ids: Mapping[Endpoint, int] = ...
    ) -> int:
        """Enter the network through any of `endpoints` → `Joined` or `JoinFailed`.

        Whoever is at an endpoint named in `ids` must prove that node id.
        """

    def meet(self, endpoints: Iterable[Endpoint], now: int) -> None:
        """Offer the table whoever proves an id at these addresses: peers of another time."""

    def look_up(self, target: int, now: int) -> int:
        """Find the live peers closest to `target` → `LookedUp`."""

    def find_adverts(
        self, person: PublicKey, now: int, *, confirm: bool = True, enough: int = 0
    ) -> int:
        """Find who advertises under `person` → `AdvertFound` each, then `AdvertsRead`.

        Ends early once `enough` were found, unless that is 0.
        """

    def publish(
        self,
        person: PublicKey,
        now: int,
        *,
        overlay: Sequence[Endpoint],
        commands: Sequence[Endpoint],
        sequence: int = 0,
    ) -> int:
        """Advertise this node under `person` and keep it so → `Published`.

        Again with other endpoints: replaces them at once. `overlay` are UDP, `commands` TCP.
        The advert's sequence is at least `sequence`: a node that remembers a number across
        restarts gives one higher than any it used before.
        """

    def withdraw(self, person: PublicKey, now: int) -> int:
        """Stop advertising under `person` → `Withdrawn`; at once when never published."""

    def confirm(self, advert: Advert, now: int) -> int:
        """Ask the advert's node to prove that it lives → `Confirmed`."""

    def ping(self, endpoint: Endpoint, now: int) -> int:
        """Ask whoever is at `endpoint` for a sign of life → `Pinged`."""

    def closest(self, target: int, count: int) -> list[Peer]:
        """Our best contacts for a target, asking nobody."""

    def look_elsewhere(self, families: int, now: int) -> int:
        """Ask contacts whom they know of another address family → `PeersElsewhere`."""

    def set_elsewhere(self, named: Callable[[int, int], Sequence[Peer]]) -> None:
        """Say whom to name to those who ask for another address family.

        ``named(target, count)`` gives at most so many, the closest first.
        """

    def cancel(self, request: int, now: int) -> None:
        """Give up a request: no event follows, nothing of it stays, nothing more is sent.

        Of what it is about to send, at least: datagrams that were fetched are on their way.
        """

    def peers(self) -> list[Peer]:
        """Contacts worth remembering for the next start, longest known first."""

    def statistics(self) -> Statistics:
        """What was counted so far; a snapshot that never changes."""

    def view_table(self, now: int) -> TableView:
        """The routing table, for people who look inside."""
