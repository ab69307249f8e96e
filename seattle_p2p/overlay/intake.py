"""What comes in: rationed, decoded, and given to the one handler of its message."""

from collections.abc import Callable
from typing import Any

from seattle_p2p.errors import MalformedMessage, VersionMismatch
from seattle_p2p.overlay.answering import Answering
from seattle_p2p.overlay.askers import Askers
from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.overlay.doubts import Doubts
from seattle_p2p.overlay.exchange import Asker
from seattle_p2p.overlay.holding import Holding
from seattle_p2p.overlay.introducer import Introducer
from seattle_p2p.overlay.knocking import Knocking
from seattle_p2p.overlay.parts import Parts
from seattle_p2p.overlay.rates import Rates
from seattle_p2p.overlay.walk import Notice
from seattle_p2p.wire.codec import Codec, Datagram
from seattle_p2p.wire.datagrams import (
    Dial,
    DialMe,
    Find,
    Introduce,
    Ping,
    Read,
    Reply,
    Report,
    Request,
    Store,
    Withdraw,
)


class Intake:
    """Takes datagrams in; never raises for anything a peer did.

    Args:
        parts: The node's.
        codec: Messages ↔ what the driver carries.
        introducer: The node's own.
        doubts: The node's own.
        notice: Is told of every peer that answers a walk.
    """

    def __init__(
        self, parts: Parts, codec: Codec, introducer: Introducer, doubts: Doubts, notice: Notice
    ) -> None:
        self._exchange = parts.exchange
        self._codec = codec
        self.sources = Rates(parts.params.source_rate, parts.params.source_burst)
        """Datagrams taken from each address."""
        askers = Askers(parts)
        answering = Answering(parts, askers)
        holding = Holding(parts, askers, introducer, doubts)
        self._knocking = Knocking(parts, notice)
        self._handlers: dict[type[Request], Callable[[Any, Asker, int], None]] = {
            Ping: answering.on_ping,
            Introduce: answering.on_introduce,
            Find: answering.on_find,
            Read: holding.on_read,
            Store: holding.on_store,
            Withdraw: holding.on_withdraw,
            Report: holding.on_report,
            DialMe: self._knocking.on_dial_me,
            Dial: self._knocking.on_dial,
        }
        """One message that asks ↔ one handler; `Knock`, which nobody answers, is not here."""

    def take(self, data: Datagram, source: Endpoint, now: int) -> None:
        """Take in one datagram; whatever is wrong with it is counted."""
        exchange = self._exchange
        size = self._codec.size(data)
        exchange.octets_received += size
        if not self.sources.allow(source, now):
            exchange.count("dropped.rate")
            return
        try:
            message: Any = self._codec.decode(data)
        except VersionMismatch:
            exchange.count("dropped.other_network")
            return
        except MalformedMessage:
            exchange.count("dropped.malformed")
            return
        kind: type[Any] = type(message)
        exchange.received[kind] = exchange.received.get(kind, 0) + 1
        handler = self._handlers.get(kind)
        if handler is not None:
            asker = exchange.asker(message, source, size, now)
            known = asker.acquaintance
            if asker.token and (known is None or not known.asked):
                self._knocking.on_stranger(now)
            handler(message, asker, now)
        elif isinstance(message, Reply):
            exchange.take_reply(message, source, now)
        else:
            self._knocking.on_knock(message, source, now)
