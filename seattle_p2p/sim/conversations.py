"""Connections between researchers and nodes in virtual time; elsewhere HTTPS is the transport.

Carries what TLS over TCP would: whole messages in order, later when segments are lost, or not
at all when a machine is down or the connection is cut. Client and command core are the real
ones; keys are pinned, since a desk answers for its own node only.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Mapping

from seattle_p2p.errors import Unreachable, WrongPeer
from seattle_p2p.experiment.bodies import Source
from seattle_p2p.experiment.conversation import Frame
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.commands import CommandCore, Frames
from seattle_p2p.manager.uploads import Body
from seattle_p2p.sim.desk import Desk
from seattle_p2p.sim.world import NS_PER_S, Host, World
from seattle_p2p.wire.address import PeerAddress

CONNECT_S = 5.0
"""Nobody is waited for longer, as over HTTPS."""
_AGAIN_S = 0.2
"""A lost segment is sent again after so long, then after twice as long (RFC 6298, 2.4)."""


class VirtualTransport:
    """Opens connections from one researcher's machine.

    Args:
        world: Says how long the way is and what is lost on it.
        home: The researcher's machine.
        desks: Where nodes answer commands.
        rng: Which connections are cut.
        cut_share: Share of requests whose connection is cut before the reply is there: half of
            them before the node has heard the request, half after it has acted.
    """

    def __init__(
        self,
        world: World,
        home: Host,
        desks: Mapping[PeerAddress, Desk],
        rng: random.Random,
        cut_share: float,
    ) -> None:
        self._world = world
        self._home = home
        self._desks = desks
        self._rng = rng
        self._cut_share = cut_share

    async def connect(self, address: PeerAddress, node: PublicKey) -> "VirtualConnection":
        """A connection that comes up with its first words; it is to `node` or to nobody."""
        return VirtualConnection(self, self._desks.get(address), node)

    async def cross(self, there: Host, *, back: bool = False) -> None:
        """Take the time of one message to `there`, or back.

        Raises:
            Unreachable: a machine is down when it should arrive.
        """
        world = self._world
        pair = (there.index, self._home.index) if back else (self._home.index, there.index)
        delay_s = world.latency.delay_ns(*pair, world.now_ns) / NS_PER_S
        again_s = _AGAIN_S
        while world.loss is not None and world.loss.lost(*pair):
            delay_s += again_s
            again_s *= 2
        await asyncio.sleep(delay_s)
        if not there.up or not self._home.up:
            raise Unreachable("the machine went away")

    def is_cut(self) -> bool:
        """Whether this time the connection breaks."""
        return self._rng.random() < self._cut_share / 2


class VirtualConnection:
    """One kept connection. Made by `VirtualTransport`."""

    def __init__(self, transport: VirtualTransport, desk: Desk | None, node: PublicKey) -> None:
        self._transport = transport
        self._desk = desk
        self._node = node
        self._core: CommandCore | None = None

    async def greet(self, hello: bytes) -> bytes:
        """Exchange the first words; see `conversation.Connection`."""
        desk = self._desk
        if desk is None or not desk.host.up:
            await asyncio.sleep(CONNECT_S)
            raise Unreachable("nobody answers")
        # TCP's and TLS's own round trips come before the first words.
        for back in (False, True, False, True, False):
            await self._transport.cross(desk.host, back=back)
        if desk.key.public != self._node:
            raise WrongPeer("another node answers", hint="browse again")
        self._core, self._line = desk.take_in()
        welcome = self._core.greet(self._line, hello)
        await self._transport.cross(desk.host, back=True)
        return welcome

    async def send(self, head: bytes, body: Source | None) -> "VirtualReply":
        """Send one request; see `conversation.Connection`."""
        desk, transport = self._desk, self._transport
        if desk is None or self._core is None:
            raise Unreachable("the connection was never greeted")
        if transport.is_cut():
            raise Unreachable("the connection was cut on the way there")
        await transport.cross(desk.host)
        if self._core is not desk.core:
            raise Unreachable("the node manager was restarted meanwhile")
        reply = await self._core.answer(self._line, head, _pieces(body))
        if transport.is_cut():
            raise Unreachable("the connection was cut on the way back")
        await transport.cross(desk.host, back=True)
        return VirtualReply(reply.head, reply.frames)

    async def close(self) -> None:
        """Hang up; never raises."""
        if self._core is not None:
            self._line.close()


class VirtualReply:
    """What came back; frames come as the node makes them."""

    def __init__(self, head: bytes, frames: Frames | None) -> None:
        self.head = head
        self._frames = frames

    async def frames(self) -> AsyncGenerator[Frame, None]:
        """The frames after the head."""
        if self._frames is not None:
            async for frame in self._frames:
                yield frame


async def _pieces(body: Source | None) -> Body:
    if body is not None:
        async for piece in body.pieces():
            yield piece
