"""Drives an overlay core from sockets and the loop's clock, and gives its events to who asked.

Owns no tasks: datagrams and the alarm call into the core from the loop, and whoever waits for a
request is told from there.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

from seattle_p2p.errors import Unreachable
from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.overlay.core import Event, Overlay

STALLED_S = 0.05
"""An alarm later than this says that the process did not run: a loaded or sleeping machine."""
LONGEST_EXCUSE_S = 0.3
"""Longest time that answers are waited for after such a stall."""
_RECEIVE_BUFFER_BYTES = 1 << 20
_LARGEST_READ_BYTES = 2048
"""More than any overlay datagram has, so that longer ones are seen to be too long."""


class Engine:
    """Moves bytes and time for one core. `serve` gives it sockets, `stop` frees everything.

    Attributes:
        node: The core that is driven.
        on_event: Is called with every event that answers no request.
        transports: What datagrams of each address family leave by.
        endpoints: Where every socket is bound.
        waiting: Who waits for events, by the number of their request.
        send_errors: Datagrams the system refused to send, or said that nobody took.
    """

    def __init__(self, node: Overlay) -> None:
        self.node = node
        self.on_event: Callable[[Event], None] | None = None
        self.transports: dict[int, asyncio.DatagramTransport] = {}
        self.endpoints: list[Endpoint] = []
        self.waiting: dict[int, asyncio.Queue[Event]] = {}
        self.send_errors = 0
        self.stopped = False
        self._loop = asyncio.get_running_loop()
        self._sockets: list[_Socket] = []
        self._alarm: asyncio.TimerHandle | None = None
        self._alarm_due = 0.0
        self._alarm_deadline: int | None = None
        self._excused = False
        self._sends_soon = False

    async def serve(self, family: int, sock: socket.socket) -> None:
        """Take over a bound socket of an address family."""
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        host, port = sock.getsockname()[:2]
        transport, protocol = await self._loop.create_datagram_endpoint(
            lambda: _Socket(self, family), sock=sock
        )
        if hasattr(transport, "max_size"):
            # Else asyncio has the system fill a fresh buffer of 256 KiB for each datagram.
            transport.max_size = _LARGEST_READ_BYTES
        self.transports[family] = transport
        self._sockets.append(protocol)
        self.endpoints.append(Endpoint(host, port))

    async def stop(self) -> None:
        """Drive no more: close every socket. May be repeated."""
        self._send()
        self.stopped = True
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        for transport in self.transports.values():
            transport.close()
        for one in self._sockets:
            await one.lost
        self.transports.clear()

    @contextlib.asynccontextmanager
    async def request(
        self, begin: Callable[[int], int]
    ) -> AsyncGenerator[asyncio.Queue[Event], None]:
        """Begin a request of the core; its events come in the queue; given up at the end."""
        if self.stopped:
            raise Unreachable("this node has left the overlay")
        number = begin(time.monotonic_ns())
        answers: asyncio.Queue[Event] = asyncio.Queue()
        self.waiting[number] = answers
        try:
            self.carry_out()
            yield answers
        finally:
            del self.waiting[number]
            self.node.cancel(number, time.monotonic_ns())
            self.carry_out()

    async def answer(self, begin: Callable[[int], int], timeout_s: float) -> Event:
        """The one event that answers a request."""
        try:
            async with asyncio.timeout(timeout_s), self.request(begin) as answers:
                return await answers.get()
        except TimeoutError:
            raise Unreachable(
                f"the overlay did not answer within {timeout_s:g} s",
                hint="try again; is this machine connected?",
            ) from None

    # From the sockets and the loop

    def on_datagram(self, data: bytes, source: Endpoint) -> None:
        """A socket has received a datagram."""
        self.node.receive_datagram(data, source, time.monotonic_ns())
        self.carry_out()

    def _ring(self) -> None:
        alarm, self._alarm = self._alarm, None
        late = self._loop.time() - self._alarm_due if alarm is not None else 0.0
        if late > STALLED_S and not self._excused:
            # This process was kept from running: answers that wait in the sockets come first,
            # or it would take its peers for silent.
            self._excused = True
            self._alarm_due = self._loop.time() + min(late, LONGEST_EXCUSE_S)
            self._alarm = self._loop.call_at(self._alarm_due, self._ring)
            return
        self._excused = False
        self.node.handle_timer(time.monotonic_ns())
        self.carry_out()

    def carry_out(self) -> None:
        """Do the three things the core's contract asks of a driver after each call.

        Whoever waits for an event runs only when the loop gets there, just before what is
        sent then: asyncio's loops call in the order in which they were asked to.
        """
        told = False
        for event in self.node.events():
            told = self._hand_on(event) or told
        if told and not self._sends_soon:
            self._sends_soon = True
            self._loop.call_soon(self._send)
        elif not self._sends_soon:
            self._send()
        self._set_alarm()

    def _send(self) -> None:
        self._sends_soon = False
        for data, endpoint in self.node.datagrams_to_send():
            transport = self.transports.get(endpoint.family)
            if transport is None or self.stopped:
                self.send_errors += 1
            else:
                transport.sendto(data, endpoint)

    def _hand_on(self, event: Event) -> bool:
        """Give an event to whom it is for; whether somebody waits for it."""
        answers = self.waiting.get(event.request)
        if answers is not None:
            answers.put_nowait(event)
        elif self.on_event is not None and not event.request:
            self.on_event(event)
        return answers is not None

    def _set_alarm(self) -> None:
        """Have the loop call when the core wants it; an alarm that is early enough stays."""
        if self._excused and self._alarm is not None:
            return
        deadline = self.node.deadline
        if deadline == self._alarm_deadline and self._alarm is not None:
            return
        wait = self.node.next_timer()
        if wait is None or self.stopped:
            return
        self._alarm_deadline = deadline
        due = self._loop.time() + wait
        if self._alarm is not None:
            if self._alarm_due <= due:
                return
            self._alarm.cancel()
        # Kept here, for not every loop's handles know when they are due.
        self._alarm_due = due
        self._alarm = self._loop.call_at(due, self._ring)


class _Socket(asyncio.DatagramProtocol):
    """One socket's end of the driver."""

    def __init__(self, engine: Engine, family: int) -> None:
        self._engine = engine
        self._family = family
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._engine.on_datagram(data, Endpoint(addr[0].partition("%")[0], addr[1]))

    def error_received(self, exc: Exception) -> None:
        self._engine.send_errors += 1

    def connection_lost(self, exc: Exception | None) -> None:
        self._engine.transports.pop(self._family, None)
        if not self.lost.done():
            self.lost.set_result(None)
