"""Who asks: which askers are proved nodes, and how much finding that out may cost us."""

from seattle_p2p.identity.keys import KEY_BYTES, node_id_of
from seattle_p2p.overlay.contact import Peer
from seattle_p2p.overlay.exchange import Asker
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.overlay.proofs import check_proof
from seattle_p2p.overlay.rates import Rates
from seattle_p2p.wire.datagrams import Store, Withdraw
from seattle_p2p.wire.endpoints import ration_of


class Askers:
    """Knows askers by their tokens and proofs; shared by all that handle requests.

    Args:
        parts: The node's.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._checks = Rates(parts.params.check_rate, parts.params.check_burst)

    def heard_from(self, asker: Asker) -> None:
        """A request came from an address that returned our token: its contact lives."""
        known = asker.acquaintance
        if asker.token and known is not None and known.peer is not None:
            self._parts.table.touch(known.peer)

    def may_check(self, asker: Asker, now: int) -> bool:
        """Whether the asker's IP group may cost us another signature; a refusal is counted."""
        if self._checks.allow(ration_of(self._parts.exchange.packed(asker.endpoint)), now):
            return True
        self._parts.count("dropped.check_rate")
        return False

    def prove(self, asker: Asker, key: bytes, signature: bytes, now: int) -> Peer | None:
        """The asker, if the proof that came with its request holds; remembered from here on.

        Ask `may_check` first. A peer returned is the one of `asker.acquaintance`.
        """
        parts = self._parts
        known = asker.acquaintance
        before = known.peer if known is not None else None
        if before is not None and before.id == _id_of(key):
            return before
        parts.count("proofs.checked")
        prover = check_proof(
            parts.cryptography,
            key,
            signature,
            asker=parts.own_id,
            nonce=asker.token,
            seen=parts.exchange.packed(asker.endpoint),
        )
        if prover is None:
            parts.count("dropped.false_proof")
            return None
        peer = parts.book.peer(prover.node_id, asker.endpoint)
        asker.acquaintance = parts.exchange.acquaintances.meet(asker.endpoint)
        asker.acquaintance.peer = peer
        asker.acquaintance.heard = now
        return peer

    def proved_sender(self, message: Store | Withdraw, asker: Asker, now: int) -> Peer | None:
        """Who sent a message that only a proved node may send; None when nobody proved."""
        if not asker.token:
            return None
        if message.signature and self.may_check(asker, now):
            return self.prove(asker, message.key, message.signature, now)
        return asker.acquaintance.peer if asker.acquaintance is not None else None


def _id_of(key: bytes) -> int | None:
    """Node id of a raw public key; None when it is none."""
    return node_id_of(key) if len(key) == KEY_BYTES else None
