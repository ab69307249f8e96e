"""What a node that breaks the rules asks for, and the adverts that it forges.

What must come of each request is known beforehand; anything else breaches the run.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from seattle_p2p.identity.keys import ID_BYTES, PublicKey, sealing_secret
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.core import Signer
from seattle_p2p.overlay.exchange import Exchange
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.overlay.proofs import make_proof
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.sim.population import Member
from seattle_p2p.wire.adverts import (
    NONCE_BYTES,
    Advert,
    Record,
    place_of,
    seal_advert,
    sign_record,
)
from seattle_p2p.wire.codec import Codec
from seattle_p2p.wire.datagrams import (
    Find,
    Outcome,
    Ping,
    Pong,
    Read,
    Reply,
    Report,
    Request,
    Store,
    Withdraw,
)
from seattle_p2p.wire.limits import MAX_LIFETIME_S

_SHORT_S = 40
"""Lifetime of the advert that has to be gone in time."""
_REPORT_S = 10
"""A holder has seen for itself by then whether a node lives."""
_FLOOD_S = 5.0
_FEW_PER_NODE = 16
"""A quota is tried out when it is no larger."""


class Step(NamedTuple):
    """One request, and what may come of it.

    Args:
        what: The rule, as a sentence that is true of an honest peer.
        kind: Class of the request.
        fields: Its fields, without padding.
        keeps: Whether an answer to the request keeps the rule.
        wait_s: How long to wait before asking.
        token: What to return in the place of the peer's own token, when not None.
        times: How often the request is sent, all at once.
        odds: Whether lost datagrams may break the rule now and then.
    """

    what: str
    kind: type[Request]
    fields: tuple[Any, ...]
    keeps: Callable[[Outstanding, Any], bool]
    wait_s: float = 0
    token: bytes | None = None
    times: int = 1
    odds: bool = False


class Provocation:
    """Which rules are tried on a peer.

    Args:
        parts: The provoker's.
        codec: What datagrams are counted by.
        peer: Whom it visits.
        owner: A made-up person, under whose key nobody else advertises.
        other: Node id of somebody else.
        stolen: A token that the peer gave to another address; empty when there is none.
        floods: Whether it is also asked more than it may answer.
    """

    def __init__(
        self,
        parts: Parts,
        codec: Codec,
        peer: Peer,
        owner: PublicKey,
        other: int,
        stolen: bytes,
        floods: bool,
    ) -> None:
        self._parts = parts
        self._codec = codec
        self._peer = peer
        self._storage = parts.cryptography.storage_key(owner)
        self._place = place_of(self._storage.public.raw).to_bytes(ID_BYTES)
        self._other = other.to_bytes(ID_BYTES)
        self._stolen = stolen
        self._floods = floods

    def steps(self) -> Iterator[Step]:
        """All of them, in an order in which each leaves the ground for the next."""
        record, most = self._record, self._parts.params.max_per_node
        yield self._store("a sound record is kept", record(10), Outcome.DONE)
        yield self._store("an older record undoes nothing", record(9), Outcome.OLDER)
        yield from self._unsound()
        yield self._read("what is kept is handed out", holds=True)
        yield from self._without_a_token()
        yield from self._without_a_proof()
        yield self._read("a lifetime ends", holds=False, wait_s=_SHORT_S + 1)
        yield self._store("a record comes back", record(20, 600), Outcome.DONE)
        yield Step(
            "a report is heard",
            Report,
            (self._place, self._parts.own_id_bytes),
            lambda _, reply: True,
        )
        kept = "no advert goes because somebody says that its node is dead"
        yield self._read(kept, holds=True, wait_s=_REPORT_S, odds=True)
        yield Step(
            "what is withdrawn is removed",
            Withdraw,
            (b"", b"", self._place),
            lambda _, reply: reply.outcome in (Outcome.DONE, Outcome.UNPROVED),
        )
        yield self._read("what is withdrawn is handed out no more", holds=False)
        if most <= _FEW_PER_NODE:
            yield from self._quota(most)
        if self._floods:
            yield from self._flood()

    def _unsound(self) -> Iterator[Step]:
        """Records that must not be kept, each for another reason."""
        good, storage_key = self._record(11), self._parts.cryptography.storage_key
        elsewhere = storage_key(self._parts.public).public.raw
        replace = msgspec.structs.replace
        for what, record in (
            ("nobody stores for another", replace(good, node=self._other)),
            ("a record needs a signature", replace(good, signature=bytes(64))),
            ("a signature is of what is said", replace(good, sequence=12)),
            ("a record is signed by the key of its place", replace(good, storage=elsewhere)),
            ("a lifetime is not nothing", replace(good, lifetime_s=0)),
            ("a lifetime is bounded", replace(good, lifetime_s=MAX_LIFETIME_S + 1)),
        ):
            bare_signature = what.startswith(("a record", "a signature"))
            signed = record if bare_signature else sign_record(record, self._storage)
            yield self._store(what, signed, Outcome.REFUSED)

    def _without_a_token(self) -> Iterator[Step]:
        """Neither no token nor a false one opens anything."""
        parts = self._parts
        find = (parts.own_id_bytes, False, 1, self._peer.id.to_bytes(ID_BYTES))
        tokens = [b"", parts.entropy(8)] + [self._stolen] * bool(self._stolen)
        for token in tokens:
            yield Step(
                "no reply to an unproved address is larger than its request",
                Find,
                find,
                self._is_no_larger,
                token=token,
            )
            what = "only who returns its token stores"
            yield self._store(what, self._record(14), Outcome.UNPROVED, token=token)

    def _without_a_proof(self) -> Iterator[Step]:
        """A made-up node wants its advert kept, on a proof that was made for something else."""
        parts, peer = self._parts, self._peer
        known = parts.exchange.acquaintances.meet(peer.endpoint)
        made_up = parts.cryptography.storage_key(PublicKey(parts.entropy(32)))
        record = self._record(1, node=made_up)
        right = {"asker": peer.id, "nonce": known.token, "seen": known.seen_us_at}
        for what, wrong in (
            ("a proof is of the token that was given", {"nonce": parts.entropy(8)}),
            ("a proof is for who asked", {"asker": int.from_bytes(self._other)}),
            ("a proof is for one address", {"seen": parts.exchange.packed(peer.endpoint)}),
        ):
            said: dict[str, Any] = right | wrong
            signature = make_proof(made_up, **said)
            # Sent with the token it has, for to be turned away here does not end the visit.
            fields = (made_up.public.raw, signature, 0, record)
            yield Step(what, Store, fields, _is_unproved, token=known.token)

    def _flood(self) -> Iterator[Step]:
        """So many questions at once that some of them have to be passed over."""
        parts, params = self._parts, self._parts.params
        exchange = parts.exchange
        most = params.source_burst + _FLOOD_S * params.source_rate
        before = _pings_taken(exchange)
        ping = (parts.own_id_bytes, False)
        times = 2 * round(most)
        yield Step("", Ping, ping, lambda _, __: True, times=times)

        def is_bounded(_asked: Outstanding, _reply: Reply) -> bool:
            return _pings_taken(exchange) - before <= 1.2 * most

        what = f"at most {most:.0f} questions of one address are answered at once"
        yield Step(what, Ping, ping, is_bounded, wait_s=_FLOOD_S)

    def _quota(self, most: int) -> Iterator[Step]:
        """As many adverts of one node as it may have, and one more."""
        for number in range(most + 1):
            person = PublicKey(self._storage.public.raw[:31] + bytes([number]))
            storage = self._parts.cryptography.storage_key(person)
            outcome = Outcome.DONE if number < most else Outcome.FULL
            record = self._record(20, 120, storage)
            yield self._store(f"{most} adverts of one node are kept", record, outcome)

    def _store(
        self, what: str, record: Record, outcome: int, *, token: bytes | None = None
    ) -> Step:
        allowed = {outcome, Outcome.UNPROVED}
        fields = (b"", b"", 0, record)
        return Step(what, Store, fields, lambda _, reply: reply.outcome in allowed, 0, token)

    def _read(self, what: str, *, holds: bool, wait_s: float = 0, odds: bool = False) -> Step:
        fields = (self._place, 0, 0, 0, b"", b"")

        def keeps(_asked: Outstanding, reply: Any) -> bool:
            return (reply.total == 1) is holds

        return Step(what, Read, fields, keeps, wait_s, odds=odds)

    def _is_no_larger(self, asked: Outstanding, reply: Reply) -> bool:
        size = self._codec.size
        return size(self._codec.encode(reply)) <= size(asked.datagram)

    def _record(
        self,
        sequence: int,
        lifetime_s: int = _SHORT_S,
        storage: Signer | None = None,
        node: Signer | None = None,
    ) -> Record:
        parts = self._parts
        node = node or parts.key
        return seal_advert(
            Advert(node.public, (self._peer.endpoint,), (), sequence, lifetime_s),
            node=node,
            storage=storage or self._storage,
            secret=bytes(32),
            nonce=parts.entropy(NONCE_BYTES),
        )


def _is_unproved(_asked: Outstanding, reply: Any) -> bool:
    return bool(reply.outcome == Outcome.UNPROVED)


def forgeries(
    parts: Parts, person: PublicKey, other: Member, sequence: int
) -> Iterator[Record]:
    """Adverts that a holder has to take, for it cannot look inside, and no reader may believe.

    Args:
        parts: The forger's.
        person: Under whose key they are laid.
        other: A node that does not advertise under it.
        sequence: Of all of them.
    """
    cryptography, where = parts.cryptography, (other.host.endpoint,)
    storage, secret = cryptography.storage_key(person), sealing_secret(person)
    own, lifetime_s = parts.own_id_bytes, parts.params.lifetime_s
    elsewhere = cryptography.storage_key(parts.public)
    lifted = seal_advert(
        Advert(other.signer.public, where, (), sequence, lifetime_s),
        node=other.signer,
        storage=elsewhere,
        secret=secret,
        nonce=parts.entropy(NONCE_BYTES),
    )
    unsigned = seal_advert(
        Advert(other.signer.public, where, (), sequence, lifetime_s),
        node=parts.key,
        storage=storage,
        secret=secret,
        nonce=parts.entropy(NONCE_BYTES),
    )
    for forged in (lifted, unsigned):
        bare = msgspec.structs.replace(forged, node=own, storage=storage.public.raw)
        yield sign_record(bare, storage)


def _pings_taken(exchange: Exchange) -> int:
    """Answers to pings so far, and what was dropped because there were too many."""
    return exchange.received.get(Pong, 0) + exchange.counts.get("dropped.rate", 0)
