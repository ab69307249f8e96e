"""An attacker who knows an owner's key and buries the owner's adverts under junk of his own.

Every junk advert is valid: signed by a node key of the attacker's, and by the storage key,
which follows from the owner's public key. It names an endpoint where nobody is, in an IP group
of its own, so that readers wait for it. It is stored from one of the attacker's few addresses,
which proves the junk node's id as it does so.
"""

import random
from collections import defaultdict, deque
from collections.abc import Sequence
from itertools import count

from seattle_p2p.errors import PeerError
from seattle_p2p.identity.keys import ID_BITS, PublicKey, sealing_secret
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.core import Event, Signer
from seattle_p2p.overlay.params import SECOND
from seattle_p2p.overlay.proofs import make_proof
from seattle_p2p.sim.attackers import nobodys_endpoint
from seattle_p2p.sim.oracle import Oracle
from seattle_p2p.sim.signing import Signatures
from seattle_p2p.wire.adverts import NONCE_BYTES, Advert, Record, place_of, seal_advert
from seattle_p2p.wire.codec import Codec
from seattle_p2p.wire.datagrams import Outcome, Ping, Pong, Store, Stored
from seattle_p2p.wire.endpoints import pack_endpoint

_TICK = SECOND // 20
_HOLDERS = 24
"""Holders each junk advert is brought to: all that an honest one would go to, and some."""
_PING_PADDING = 64
_LIFETIME_S = 3600


class Junk:
    """What one attacker has to store, and what he learned of where.

    Args:
        owner: Whose adverts are to be buried.
        adverts: How many junk adverts.
        servers: The network, which he has crawled.
        signatures: The run's.
        rng: His choices.
    """

    def __init__(
        self,
        owner: PublicKey,
        adverts: int,
        servers: Oracle,
        signatures: Signatures,
        rng: random.Random,
    ) -> None:
        self._storage = signatures.storage_key(owner)
        self._secret = sealing_secret(owner)
        self._servers = servers
        self._signatures = signatures
        self._rng = rng
        self._holders: dict[int, list[Peer]] = {}
        self._depths: defaultdict[tuple[int, int], int] = defaultdict(int)
        self.left = adverts
        self.outcomes: defaultdict[int, int] = defaultdict(int)
        """What holders answered, by `Outcome`."""

    def next(self) -> tuple[Signer, Record] | None:
        """One more junk node and its advert; None when all are out."""
        if self.left <= 0:
            return None
        self.left -= 1
        rng = self._rng
        node = self._signatures.ground_signer(rng.randbytes(32))
        nobody = nobodys_endpoint(rng)
        advert = Advert(node.public, (nobody,), (nobody,), 1, _LIFETIME_S)
        record = seal_advert(
            advert,
            node=node,
            storage=self._storage,
            secret=self._secret,
            nonce=rng.randbytes(NONCE_BYTES),
        )
        return node, record

    def holders(self, node: int, depth: int) -> list[Peer]:
        """Who would hold an advert of `node` under the subkey of `depth` bits."""
        prefix = node >> (ID_BITS - depth) if depth else 0
        place = place_of(self._storage.public.raw, depth, prefix)
        if place not in self._holders:
            self._holders[place] = self._servers.closest(place, _HOLDERS)
        return self._holders[place]

    def depth_for(self, node: int) -> int:
        """The deepest split known on the way to `node`'s subkey; now and then none."""
        depth = 0
        if self._rng.random() < 0.9:
            while more := self._depths[depth, node >> (ID_BITS - depth) if depth else 0]:
                depth = more
        return depth

    def on_split(self, node: int, depth: int, split: int) -> None:
        """A holder says that the place goes on under subkeys of `split` bits."""
        if split > depth:
            self._depths[depth, node >> (ID_BITS - depth) if depth else 0] = split


class Flooder:
    """A core that does nothing but store junk from its address, as fast as it is told to.

    Args:
        endpoint: Its own.
        junk: What to store; shared with the attacker's other addresses.
        codec: What the world's datagrams are made with.
        per_s: Junk adverts a second.
    """

    def __init__(self, endpoint: Endpoint, junk: Junk, codec: Codec, per_s: float) -> None:
        self._seen = pack_endpoint(endpoint)
        self._junk = junk
        self._codec = codec
        self._per_tick = per_s * _TICK / SECOND
        self._owed = 0.0
        self._due: int | None = 0
        self._numbers = count(1)
        self._tokens: dict[Endpoint, bytes] = {}
        self._waiting: defaultdict[Endpoint, deque[tuple[Peer, int, Signer, Record]]]
        self._waiting = defaultdict(deque)
        self._asked: dict[int, tuple[int, Signer, Record]] = {}
        self._gone_deeper: set[tuple[int, int]] = set()
        self._outbox: list[tuple[bytes, Endpoint]] = []

    @property
    def deadline(self) -> int | None:
        """See `overlay.core.Core`."""
        return self._due

    def next_timer(self) -> float | None:
        """See `overlay.core.Core`."""
        return None if self._due is None else 0.0

    def events(self) -> list[Event]:
        """None."""
        return []

    def datagrams_to_send(self) -> list[tuple[bytes, Endpoint]]:
        """See `overlay.core.Core`."""
        outbox, self._outbox = self._outbox, []
        return outbox

    def handle_timer(self, now: int) -> None:
        """Bring out some more junk."""
        self._due = now + _TICK
        self._owed += self._per_tick
        while self._owed >= 1:
            self._owed -= 1
            fresh = self._junk.next()
            if fresh is None:
                self._due = None
                return
            self._bring(*fresh, self._junk.depth_for(fresh[0].public.node_id))

    def receive_datagram(self, data: bytes, source: Endpoint, now: int) -> None:
        """A token, or what a holder did."""
        try:
            message = self._codec.decode(data)
        except PeerError:
            return
        if isinstance(message, Pong) and message.token:
            self._tokens[source] = message.token
            waiting = self._waiting.pop(source, deque())
            while waiting:
                self._store(*waiting.popleft())
        elif isinstance(message, Stored) and message.number in self._asked:
            depth, node, record = self._asked.pop(message.number)
            self._junk.outcomes[message.outcome] += 1
            id = node.public.node_id
            if message.outcome == Outcome.SPLIT and message.split > depth:
                self._junk.on_split(id, depth, message.split)
                if (id, message.split) not in self._gone_deeper:
                    self._gone_deeper.add((id, message.split))
                    self._bring(node, record, message.split)

    def _bring(self, node: Signer, record: Record, depth: int) -> None:
        for holder in self._junk.holders(node.public.node_id, depth):
            if holder.endpoint in self._tokens:
                self._store(holder, depth, node, record)
                continue
            waiting = self._waiting[holder.endpoint]
            if not waiting:
                ping = Ping(next(self._numbers), b"", bytes(20), False, bytes(_PING_PADDING))
                self._outbox.append((self._codec.encode(ping), holder.endpoint))
            waiting.append((holder, depth, node, record))

    def _store(self, holder: Peer, depth: int, node: Signer, record: Record) -> None:
        number, token = next(self._numbers), self._tokens[holder.endpoint]
        proof = make_proof(node, asker=holder.id, nonce=token, seen=self._seen)
        message = Store(number, token, node.public.raw, proof, depth, record)
        self._asked[number] = depth, node, record
        self._outbox.append((self._codec.encode(message), holder.endpoint))


def flooders(
    endpoints: Sequence[Endpoint], junk: Junk, codec: Codec, over_s: float
) -> list[Flooder]:
    """One core for each of the attacker's addresses, so that all is out after `over_s`."""
    per_s = junk.left / over_s / len(endpoints)
    return [Flooder(endpoint, junk, codec, per_s) for endpoint in endpoints]
