"""Sending and taking in: numbers, tokens, padding, matching, patience; no meanings."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple

from seattle_p2p.overlay.acquaintance import Acquaintance
from seattle_p2p.overlay.acquaintances import Acquaintances
from seattle_p2p.overlay.agenda import Agenda
from seattle_p2p.overlay.contact import Endpoint, PeerBook
from seattle_p2p.overlay.params import Params, nanoseconds
from seattle_p2p.overlay.reach import Reach
from seattle_p2p.overlay.requests import Activity, Outstanding, Requests
from seattle_p2p.overlay.tokens import Tokens
from seattle_p2p.wire.codec import Codec, Datagram
from seattle_p2p.wire.datagrams import (
    REPLIES,
    Dial,
    DialMe,
    Find,
    Introduce,
    Introduced,
    Message,
    Ping,
    Read,
    Reply,
    Request,
    Store,
    Stored,
    Withdraw,
)
from seattle_p2p.wire.endpoints import ip_group
from seattle_p2p.wire.limits import MAX_DATAGRAM_BYTES

_NUMBER_BYTES: Final = 8

SMALLEST_PADDING: dict[type[Request], int] = {
    Ping: 32,
    Find: 24,
    Read: 32,
    Withdraw: 8,
    DialMe: 40,
    Dial: 32,
}
"""So much that a reply without results fits, even when our token turns out to be too old."""
_LABORIOUS: Final = frozenset({Introduce, Store, Withdraw})
"""Requests that cost the other side signatures: it gets longer; no round trip is measured."""


class _Manner(NamedTuple):
    """How requests of one class are sent."""

    expects: type[Reply]
    padding: bytes | None
    """With a token; None for a class that has no padding."""
    first_padding: bytes | None
    """Without one."""
    is_laborious: bool


@lru_cache
def _manners(k: int) -> dict[type[Request], _Manner]:
    """How requests are sent in networks of that `k`: one table for all nodes of a process."""
    long = {
        Find: min(_BYTES_PER_PEER * k, MAX_DATAGRAM_BYTES - _READ_HEAD_BYTES),
        Read: MAX_DATAGRAM_BYTES - _READ_HEAD_BYTES,
    }
    return {
        kind: _Manner(
            expects,
            bytes(SMALLEST_PADDING[kind]) if kind in SMALLEST_PADDING else None,
            bytes(long.get(kind, SMALLEST_PADDING[kind])) if kind in SMALLEST_PADDING else None,
            kind in _LABORIOUS,
        )
        for kind, expects in REPLIES.items()
    }


_LABOURED: Final = frozenset({Introduced, Stored})
_LATE_AWAITED: Final = 256
_AGAIN_FACTOR: Final = 3
"""A request is sent once more after so many soft deadlines: somebody else was asked by then."""
_AGAIN_FLOOR: Final = nanoseconds(0.015)
"""But not earlier: what waits so long on loopback mostly waits for a processor."""
_OVERDUE_FACTOR: Final = 4
"""It is overdue after so many: the second sending has had its time, too."""
_READ_HEAD_BYTES: Final = 80
_BYTES_PER_PEER: Final = 30


class Asker:
    """Who sent a request, and how much may be said to him.

    Attributes:
        endpoint: Where the request came from.
        number: The request's.
        token: What he returned, when it is valid: proof that he receives there; else empty.
        fresh: The token to give him; empty when his is current.
        room: Largest reply in octets.
        acquaintance: What we know of the address, if anything.
    """

    __slots__ = ("acquaintance", "endpoint", "fresh", "number", "room", "token")

    def __init__(self, endpoint: Endpoint, number: int, token: bytes, fresh: bytes, room: int):
        self.endpoint = endpoint
        self.number = number
        self.token = token
        self.fresh = fresh
        self.room = room
        self.acquaintance: Acquaintance | None = None


class Exchange:
    """A node's traffic.

    Args:
        codec: Messages ↔ what the driver carries.
        params: Deadlines and bounds.
        entropy: Source of secret octets.
        agenda: Where deadlines stand.
        reach: Is told where others see us.
        book: Knows the packed forms of endpoints.
    """

    def __init__(
        self,
        codec: Codec,
        params: Params,
        entropy: Callable[[int], bytes],
        agenda: Agenda,
        reach: Reach,
        book: PeerBook,
    ) -> None:
        self._codec = codec
        self._entropy = entropy
        self._reach = reach
        self._book = book
        self.acquaintances = Acquaintances(params)
        self.requests = Requests(agenda, params.max_outstanding)
        self.requests.send_again = self._send_again
        self.requests.on_silent = self.on_missed
        self.on_silent_endpoint: Callable[[Endpoint, int], None] = lambda _where, _now: None
        """Is told of every request that got no answer; set by the node."""
        self.tokens = Tokens(entropy, params.token_s)
        self.counts: dict[str, int] = {}
        self.received: dict[type[Message], int] = {}
        self.sent: dict[type[Message], int] = {}
        self.octets_received = self.octets_sent = 0
        self._outbox: list[tuple[Datagram, Endpoint]] = []
        self._unsent: list[Outstanding] = []
        """Requests whose first datagram is in the outbox."""
        self._hard_cap = nanoseconds(params.hard_cap_s)
        self._labour = nanoseconds(params.labour_s)
        self._overdue_floor = nanoseconds(params.overdue_floor_s)
        self._late: dict[int, tuple[Acquaintance, int, int]] = {}
        """Latest requests sent twice or given up, by number: whom we asked, when, and how long
        the first answer took; 0 while there was none."""
        self._manners = _manners(params.k)

    def count(self, what: str, many: int = 1) -> None:
        """Count something that happened."""
        self.counts[what] = self.counts.get(what, 0) + many

    def packed(self, endpoint: Endpoint) -> bytes:
        """The packed form of an endpoint."""
        return self._book.packed(endpoint)

    def take_outbox(self) -> list[tuple[Datagram, Endpoint]]:
        """Datagrams since the last call."""
        outbox = self._outbox
        if not outbox:
            return []
        self._outbox = []
        self._unsent.clear()
        size = self._codec.size
        for data, _ in outbox:
            self.octets_sent += size(data)
        return outbox

    def take_back(self, give_up: Callable[[], None]) -> None:
        """Call `give_up`; of the requests that it closes, those not taken yet stay here."""
        waiting = [asked for asked in self._unsent if asked in self.requests]
        give_up()
        closed = {id(asked.datagram) for asked in waiting if asked not in self.requests}
        if closed:
            kept = [entry for entry in self._outbox if id(entry[0]) not in closed]
            self.count("sent.taken_back", len(self._outbox) - len(kept))
            self._outbox = kept

    def ask(
        self,
        endpoint: Endpoint,
        kind: type[Request],
        fields: tuple[Any, ...],
        activity: Activity,
        now: int,
        about: Any = None,
        *,
        patience: int = 1,
        hurry: bool = True,
        afar: bool = False,
    ) -> Outstanding | None:
        """Send a request; `activity` is told what comes of it.

        Args:
            endpoint: To whom.
            kind: Class of the request.
            fields: Its own fields in order, without padding.
            activity: Whose request it is.
            now: Nanoseconds.
            about: Kept with the request for the activity.
            patience: How many times the usual hard deadline to wait, up to its cap.
            hurry: Whether somebody else can be asked as soon as the answer is late; never
                where it costs signatures.
            afar: Whether time is worth more than questions.

        Returns:
            The outstanding request; None when too many are outstanding: nothing was sent.
        """
        if self.requests.full:
            self.count("dropped.too_many_requests")
            return None
        known = self.acquaintances.meet(endpoint)
        known.asked = True
        token = known.token
        expects, padding, first_padding, is_laborious = self._manners[kind]
        if not token:
            padding = first_padding
        number = int.from_bytes(self._entropy(_NUMBER_BYTES))
        soft, hard = self.acquaintances.deadlines(known, patience)
        late = 0
        if is_laborious or not hurry:
            soft = again = min(soft + self._labour, hard)
            overdue = hard
        elif afar:
            soft, overdue, late = self.acquaintances.deadlines_afar(known)
            hard = min(max(hard, overdue, late), self._hard_cap)
            soft = again = min(soft, hard)
        else:
            again = max(_AGAIN_FACTOR * soft, _AGAIN_FLOOR)
            overdue = _OVERDUE_FACTOR * soft
        overdue = min(max(overdue, self._overdue_floor), hard)
        late = min(max(late, overdue), hard)
        asked = Outstanding(
            self.requests,
            number,
            endpoint,
            expects,
            activity,
            about,
            now,
            now + again,
            now + overdue,
            now + late,
            now + hard,
            bool(token),
        )
        self.requests.open(asked, now + soft)
        if padding is not None:
            fields = (*fields, padding)
        asked.datagram = self.send(kind(number, token, *fields), endpoint)
        self._unsent.append(asked)
        return asked

    def asker(self, request: Request, source: Endpoint, size: int, now: int) -> Asker:
        """Who sent `request`, a datagram of `size` octets."""
        where = self._book.packed(source)
        current = self.tokens.token(where, now)
        given = request.token
        if given == current:
            asker = Asker(source, request.number, current, b"", MAX_DATAGRAM_BYTES)
        elif given and self.tokens.is_valid(given, where, now):
            asker = Asker(source, request.number, given, current, MAX_DATAGRAM_BYTES)
        else:
            asker = Asker(source, request.number, b"", current, size)
        asker.acquaintance = known = self.acquaintances.at(source)
        if known is not None and asker.token:
            known.on_heard(now)
        return asker

    def answer(self, asker: Asker, kind: type[Reply], fields: tuple[Any, ...]) -> None:
        """Reply to `asker`, unless that were more than he may be told."""
        known = asker.acquaintance is not None and asker.acquaintance.peer is not None
        head = (asker.number, asker.fresh, self._book.packed(asker.endpoint), known)
        message = kind(*head, *fields)
        data = self._codec.encode(message)
        if self._codec.size(data) > asker.room:
            self.count("dropped.reply_too_large")
            return
        self.sent[kind] = self.sent.get(kind, 0) + 1
        self._outbox.append((data, asker.endpoint))

    def send(self, message: Message, endpoint: Endpoint) -> Datagram:
        """Send any message; its datagram."""
        kind = type(message)
        self.sent[kind] = self.sent.get(kind, 0) + 1
        data = self._codec.encode(message)
        self._outbox.append((data, endpoint))
        return data

    def take_reply(self, reply: Reply, source: Endpoint, now: int) -> None:
        """Give a reply to who asked for it; count and drop it when nobody did."""
        asked = self.requests.match(reply, source)
        if asked is None:
            self._on_unasked(reply, source, now)
            return
        known = self.acquaintances.meet(source)
        if asked.twice:
            # Which of the two datagrams it answers is not known (Karn's rule, RFC 6298, 3)
            # until the other one is answered as well.
            self._await_late(asked, known, now - asked.sent)
        elif asked.expects not in _LABOURED:
            self.acquaintances.on_round_trip(known, now - asked.sent, now)
        known.on_heard(now)
        if reply.token:
            known.token = reply.token
        known.knows_us = reply.known
        if known.seen_us_at != reply.seen:
            known.seen_us_at = reply.seen
            self._reach.on_witness(ip_group(self._book.packed(source)), reply.seen)
        asked.activity.on_reply(asked, reply, now)

    def _await_late(self, asked: Outstanding, known: Acquaintance, took: int) -> None:
        """Something more may come of a request that is not outstanding any more."""
        if asked.expects in _LABOURED:
            return
        if len(self._late) >= _LATE_AWAITED:
            del self._late[next(iter(self._late))]
        self._late[asked.number] = (known, asked.sent, took)

    def _on_unasked(self, reply: Reply, source: Endpoint, now: int) -> None:
        """An answer too many, or too late, says that we were impatient; else it is dropped.

        After a second answer we know that the first was a round trip (as RFC 3708 concludes
        from duplicate segments); one after the hard deadline is a round trip within a third.
        Else a machine that is slower than it used to be would be asked twice for ever.
        """
        known, sent, took = self._late.pop(reply.number, (None, 0, 0))
        if known is None or known is not self.acquaintances.at(source):
            self.count("dropped.unasked_reply")
            return
        self.count("received.double" if took else "received.too_late")
        self.acquaintances.on_round_trip(known, took or now - sent, now)
        known.on_heard(now)

    def has_missed(self, endpoint: Endpoint) -> bool:
        """Whether the latest that was expected from there did not come."""
        known = self.acquaintances.at(endpoint)
        return known is not None and known.missed > 0

    def on_missed(self, asked: Outstanding, now: int) -> None:
        """Nobody answered within the hard deadline, or while others did in less time."""
        known = self.acquaintances.at(asked.endpoint)
        if known is not None:
            known.missed = now
            self._await_late(asked, known, 0)
        self.on_silent_endpoint(asked.endpoint, now)

    def _send_again(self, asked: Outstanding) -> None:
        """A request is slow to be answered: it, or its answer, may have been lost."""
        self.count("sent.again")
        self._outbox.append((asked.datagram, asked.endpoint))
