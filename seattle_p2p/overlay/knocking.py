"""Whether strangers reach a node: having others knocked at, knocking, being knocked at.

A node that does not know its role asks peers to help (`DialMe`, see `joining.RoleFinding`).
Each helper has some of its contacts (`Dial`) send a `Knock` to the asker's proved address; one
that arrives from an address the asker never wrote to makes it a server.
"""

from typing import Final

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.overlay.core import Role, RoleFound
from seattle_p2p.overlay.exchange import Asker
from seattle_p2p.overlay.joining import Joining
from seattle_p2p.overlay.parts import Parts, Task
from seattle_p2p.overlay.requests import Outstanding
from seattle_p2p.overlay.walk import Notice, Walk
from seattle_p2p.wire.datagrams import Dial, Dialling, DialMe, Knock, Noted
from seattle_p2p.wire.endpoints import unpack_endpoint

_KNOCKERS: Final = 3
"""Contacts that knock for one `DialMe`."""


class Dialler(Task):
    """Asks a peer to knock somewhere; once more when it first had to give us a token.

    Args:
        parts: The node's.
        helper: The peer asked.
        fields: Those of the `Dial`.
    """

    def __init__(self, parts: Parts, helper: Endpoint, fields: tuple[bytes, int]) -> None:
        super().__init__(parts)
        self._helper = helper
        self._fields = fields
        self._asked_twice = False

    def start(self, now: int) -> None:
        """Ask."""
        self.parts.exchange.ask(self._helper, Dial, self._fields, self, now)

    def on_reply(self, asked: Outstanding, reply: Noted, now: int) -> None:
        """Heard; done if our token was a good one."""
        if reply.token and not self._asked_twice:
            self._asked_twice = True
            self.start(now)

    def on_silence(self, asked: Outstanding, now: int) -> None:
        """Then somebody else may."""


class Knocking:
    """Handles `DialMe` and `Dial` for others, `Knock` for the node itself.

    Args:
        parts: The node's.
        notice: Is told of every peer that answers a walk.
    """

    def __init__(self, parts: Parts, notice: Notice) -> None:
        self._parts = parts
        self._notice = notice

    def on_dial_me(self, message: DialMe, asker: Asker, now: int) -> None:
        """Have some contacts of ours knock at the asker's proved address."""
        parts = self._parts
        knockers: list[Peer] = []
        if asker.token:
            others = [
                peer
                for peer in parts.table
                if peer.endpoint != asker.endpoint
                and peer.endpoint.family == asker.endpoint.family
            ]
            knockers = parts.rng.sample(others, min(_KNOCKERS, len(others)))
        packed = parts.exchange.packed(asker.endpoint)
        for peer in knockers:
            Dialler(parts, peer.endpoint, (packed, message.number)).start(now)
        parts.exchange.answer(asker, Dialling, (len(knockers),))

    def on_dial(self, message: Dial, asker: Asker, now: int) -> None:
        """Knock at an address for a peer that has proved its own."""
        parts = self._parts
        if (
            asker.token
            and asker.acquaintance is not None
            and asker.acquaintance.peer is not None
        ):
            try:
                endpoint = unpack_endpoint(message.endpoint)
            except MalformedMessage:
                endpoint = None
            if endpoint is not None and endpoint.family & parts.families:
                parts.exchange.send(Knock(message.code, b""), endpoint)
        parts.exchange.answer(asker, Noted, ())

    def on_knock(self, message: Knock, source: Endpoint, now: int) -> None:
        """Somebody reaches us who knows the number we gave out for it: perhaps a stranger."""
        expecting = self._parts.dials.get(message.number)
        if expecting is None:
            return
        known = self._parts.exchange.acquaintances.at(source)
        stranger = known is None or not known.asked
        if stranger:
            self.on_stranger(now)
        expecting.on_knock(stranger, now)

    def on_stranger(self, now: int) -> None:
        """Somebody we never wrote to got through: so others reach us, too.

        Say so, and make ourselves known to those closest to us, unless joining will.
        """
        parts = self._parts
        if not parts.reach.on_stranger(now):
            return
        parts.events.append(RoleFound(role=Role.SERVER, seen_at=parts.reach.seen_at))
        joining = (task for task in parts.tasks.values() if isinstance(task, Joining))
        if len(parts.table) and not any(task.is_about_to_walk for task in joining):
            Walk(
                parts, parts.own_id, now, notice=self._notice, then=lambda _walk, _now: None
            ).start(now)
