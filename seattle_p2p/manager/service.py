"""The HTTPS server around the command core: streams bodies, and lets nobody hold up others.

    GET /hello      what a stranger may know of the node
    GET /commands   one conversation, as a WebSocket (RFC 6455): see wire/channel.py

Whoever is silent, slow or too many loses connections: those that never signed anything first.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

from seattle_p2p.errors import MalformedMessage, PeerError
from seattle_p2p.manager.commands import CommandCore, Frames
from seattle_p2p.manager.guests import Guest, Guests
from seattle_p2p.manager.inbox import Body, Inbox, send
from seattle_p2p.wire.channel import (
    COMMAND,
    COMMAND_WITH_BODY,
    END,
    HELLO,
    HELLO_IN_REQUEST,
    MAX_MESSAGE_BYTES,
    PIECE,
    REFUSED,
    REPLY,
    STREAM,
    WELCOME,
)
from seattle_p2p.wire.commands import encode
from seattle_p2p.wire.failed import failed
from seattle_p2p.wire.limits import CHALLENGE_IDLE_S

_log = logging.getLogger(__name__)

HANDSHAKE_S = 5.0
HEARTBEAT_S = 30.0
"""Of the WebSocket: who does not answer it is gone."""


class Service:
    """Serves one core on one listening socket.

    Args:
        core: What answers.
        context: TLS with the node's certificate.
    """

    def __init__(self, core: CommandCore, context: ssl.SSLContext) -> None:
        self._core = core
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._guests = Guests(core.counts, self._loop.time)
        self._by_handler: dict[RequestHandler, Guest] = {}
        self._server = _Server(self)

    @property
    def connections(self) -> int:
        """Connections that are open now, handshakes included."""
        return len(self._guests)

    async def run(self, listener: socket.socket) -> None:
        """Serve until cancelled; closes `listener` and every connection then."""
        listener.setblocking(False)
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._guests.sweep())
                await self._accept(listener, tasks)
        finally:
            listener.close()
            self._guests.send_all_away()
            with contextlib.suppress(Exception):
                await self._server.shutdown(1.0)

    # Connections

    async def _accept(self, listener: socket.socket, tasks: asyncio.TaskGroup) -> None:
        while True:
            try:
                connection, peer = await self._loop.sock_accept(listener)
            except OSError as reason:
                # Out of descriptors, most likely: let others finish first.
                _log.warning("cannot accept a connection", extra={"reason": str(reason)})
                await asyncio.sleep(0.1)
                continue
            guest = self._guests.enter(peer[0], self._core.line())
            if guest is None:
                connection.close()
                continue
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            guest.handshake = tasks.create_task(self._welcome(guest, connection))

    async def _welcome(self, guest: Guest, connection: socket.socket) -> None:
        """TLS, then HTTP; a peer that fails at it costs a count."""

        def handler() -> RequestHandler:
            made = self._server()
            self._by_handler[made] = guest
            return made

        try:
            transport, _ = await self._loop.connect_accepted_socket(
                handler, connection, ssl=self._context, ssl_handshake_timeout=HANDSHAKE_S
            )
            guest.transport = transport
            if guest not in self._guests:
                transport.abort()
        except Exception as reason:
            # One bad connection must not end the service; our own mistakes are told apart.
            if not isinstance(reason, OSError):
                _log.exception("a connection failed inside")
            self._core.counts["connection.handshake"] += 1
            self._guests.forget(guest)
            connection.close()
        except asyncio.CancelledError:
            self._guests.forget(guest)
            connection.close()
            raise
        finally:
            guest.handshake = None

    def on_lost(self, handler: RequestHandler) -> None:
        """A connection is gone."""
        if guest := self._by_handler.pop(handler, None):
            self._guests.forget(guest)
            if guest.streaming is not None:
                guest.streaming.cancel()

    # Requests

    async def on_request(self, request: web.BaseRequest) -> web.StreamResponse:
        """Any request on any connection."""
        guest = self._by_handler.get(request.protocol)
        if guest is None:
            raise ConnectionResetError
        match request.method, request.path:
            case "GET", "/commands":
                with contextlib.suppress(web.HTTPBadRequest):  # no WebSocket is asked for
                    return await self._converse(guest, request)
            case "GET", "/hello":
                return web.Response(body=self._core.introduce())
        problem = MalformedMessage(
            "nothing is served here", hint="this is a node of seattle_p2p: use its client"
        )
        response = web.Response(status=404, body=encode(failed(problem)))
        response.force_close()
        return response

    async def _converse(self, guest: Guest, request: web.BaseRequest) -> web.WebSocketResponse:
        """One command after the other, until somebody has enough."""
        channel = web.WebSocketResponse(
            autoping=False,
            compress=False,
            max_msg_size=MAX_MESSAGE_BYTES,
            heartbeat=HEARTBEAT_S,
            timeout=1.0,
        )
        await channel.prepare(request)
        guest.asked = True
        hello = request.query.get(HELLO_IN_REQUEST)
        inbox = Inbox(channel, None if hello is None else HELLO + _octets(hello))
        try:
            while True:
                message = await inbox.next()
                guest.busy = True
                if not await self._take(guest, channel, inbox, message):
                    break
                await asyncio.sleep(self._guests.wait_s(guest))
                guest.busy = False
                guest.since_s = self._loop.time()
        except ConnectionError:
            pass  # gone: nobody to tell
        except PeerError as error:
            self._core.counts[error.code] += 1
        finally:
            guest.busy = False
            if request.transport is not None:
                request.transport.close()
        return channel

    async def _take(
        self, guest: Guest, channel: web.WebSocketResponse, inbox: Inbox, message: bytes
    ) -> bool:
        """One message that is not part of a body; false when there is no going on."""
        kind, data = message[:1], message[1:]
        if kind == HELLO:
            await send(channel, WELCOME, self._core.greet(guest.line, data))
            return True
        if kind not in (COMMAND, COMMAND_WITH_BODY):
            raise MalformedMessage("a conversation holds hellos and commands")
        body = Body(inbox, over=kind == COMMAND)
        try:
            reply = await self._core.answer(guest.line, data, body.pieces())
        except MalformedMessage as error:
            await send(channel, REFUSED, encode(failed(error)))
            return False
        if reply.frames is None:
            await send(channel, REPLY, reply.head)
        else:
            await self._stream(guest, channel, reply.head, reply.frames)
        # Its sender sees the reply and ends the body, if it was refused before its end.
        await body.drop()
        return True

    async def _stream(
        self, guest: Guest, channel: web.WebSocketResponse, head: bytes, frames: Frames
    ) -> None:
        """Send frames as they come, each when the one before found room."""
        guest.streaming = asyncio.current_task()
        try:
            await send(channel, STREAM, head)
            async for last, data in frames:
                await send(channel, END if last else PIECE, data)
        finally:
            guest.streaming = None
            await frames.aclose()


def _octets(text: str) -> bytes:
    """What hexadecimal digits stand for; nothing that can be read when they are none."""
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


class _HttpLog(logging.LoggerAdapter[logging.Logger]):
    """aiohttp's log: what a peer did wrong is for debugging; our mistakes are errors."""

    def exception(self, msg: object, *args: object, exc_info: Any = True, **more: Any) -> None:
        """Write down an exception, according to whose it is."""
        ours = not isinstance(exc_info, HttpProcessingError)
        level = logging.ERROR if ours else logging.DEBUG
        self.log(level, msg, *args, exc_info=ours and exc_info, **more)


class _Server(web.Server):
    """aiohttp's low-level server, that tells when a connection is gone."""

    def __init__(self, service: Service) -> None:
        super().__init__(
            service.on_request,
            access_log=None,
            keepalive_timeout=CHALLENGE_IDLE_S + 5,
            logger=_HttpLog(_log, {}),
            lingering_time=0,
            max_line_size=1024,
            max_headers=32,
            max_field_size=1024,
            tcp_keepalive=True,
        )
        self._service = service

    def connection_lost(
        self, handler: RequestHandler, exc: BaseException | None = None
    ) -> None:
        """Pass it on."""
        super().connection_lost(handler, exc)
        self._service.on_lost(handler)
