"""One connection to a node under one challenge: signs, numbers, believes.

Free of HTTP: a transport carries heads and frames, and says nothing about what they mean.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Protocol

from seattle_p2p.errors import BadSignature, Unreachable, VersionMismatch
from seattle_p2p.experiment.bodies import Source
from seattle_p2p.identity.envelope import (
    Envelope,
    Purpose,
    decode_envelope,
    digest_of,
    encode_envelope,
    require_genuine,
    seal,
)
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.bodies import BodyDigest
from seattle_p2p.wire.commands import Command, encode
from seattle_p2p.wire.greeting import PROTOCOL_VERSION, Hello, Welcome
from seattle_p2p.wire.limits import ENVELOPE_BYTES, MAX_REPLY_BYTES
from seattle_p2p.wire.results import Result, result_door, stream_end_door

Frame = tuple[bool, bytes]
"""A piece of a streamed body, and whether it is the signed end."""


class Reply(Protocol):
    """What a transport brought back for one request."""

    head: bytes

    def frames(self) -> AsyncGenerator[Frame, None]:
        """The frames after the head, as they come. Raises `Unreachable` when cut."""


class Connection(Protocol):
    """One connection to one node; requests go one after the other."""

    async def greet(self, hello: bytes) -> bytes:
        """Exchange the first words.

        Raises:
            Unreachable: nobody answers.
            WrongPeer: somebody else than the node does.
        """

    async def send(self, head: bytes, body: Source | None) -> Reply:
        """Send one request.

        Raises:
            Unreachable: no reply came; it may or may not have been acted on.
            PeerError: refused unsigned, or the answer breaks the protocol.
        """

    async def close(self) -> None:
        """Hang up; never raises."""


class Transport(Protocol):
    """Opens connections."""

    async def connect(self, address: PeerAddress, node: PublicKey) -> Connection:
        """A connection to whoever holds `node`'s key at `address`; may fail when first used."""


class Conversation:
    """One connection under one challenge of the node: signs, numbers, believes."""

    def __init__(
        self, connection: Connection, key: KeyPair, node: PublicKey, welcome: Welcome
    ) -> None:
        self._connection = connection
        self._key = key
        self._node = node
        self._number = 0
        self.welcome = welcome

    async def ask(self, command: Command, body: Source | None) -> tuple[Result, "Answer"]:
        """Send a command and believe its result; errors of the node come as `Failed`.

        Raises:
            BadSignature, MalformedMessage: the reply is not one of the node to this request.
            Unreachable: no reply came.
        """
        request = seal(
            Purpose.COMMAND,
            self._key,
            receiver=self._node,
            challenge=self.welcome.challenge,
            number=self._number,
            body=encode(command),
        )
        self._number += 1
        head = encode_envelope(request)
        reply = await self._connection.send(head, body)
        answer = Answer(self, reply, request, digest_of(head))
        envelope = answer.believe(Purpose.REPLY, reply.head)
        return result_door.decode(envelope.body), answer

    async def close(self) -> None:
        """Hang up."""
        await self._connection.close()

    @property
    def node(self) -> PublicKey:
        """Who is at the other end."""
        return self._node

    @property
    def person(self) -> PublicKey:
        """Who asks."""
        return self._key.public


class Answer:
    """What belongs to one request: checks that bytes are signed for it, reads its stream."""

    def __init__(
        self, conversation: Conversation, reply: Reply, request: Envelope, asked: bytes
    ) -> None:
        self._conversation = conversation
        self._reply = reply
        self._request = request
        self._asked = asked

    def believe(self, purpose: Purpose, data: bytes) -> Envelope:
        """Accept what the node signed for `purpose` as an answer to this very request.

        Raises:
            BadSignature: altered, by somebody else, or an answer to something else.
        """
        envelope = decode_envelope(data, limit=MAX_REPLY_BYTES + ENVELOPE_BYTES)
        if envelope.sender != self._conversation.node.raw:
            raise BadSignature("the reply is signed by another key than the node's")
        require_genuine(purpose, envelope, receiver=self._conversation.person)
        if (envelope.challenge, envelope.number, envelope.answers) != (
            self._request.challenge,
            self._request.number,
            self._asked,
        ):
            raise BadSignature("the reply answers another request")
        return envelope

    async def body(self) -> AsyncGenerator[bytes, None]:
        """Frames of a streamed body; ends after the signed end was checked.

        Raises:
            BadSignature: what came is not what the node says it sent.
            Unreachable: cut before the end.
            SeattleError: why the node ended it early.
        """
        counted = BodyDigest()
        async with aclosing(self._reply.frames()) as frames:
            async for last, data in frames:
                if not last:
                    counted.add(data)
                    yield data
                    continue
                end = stream_end_door.decode(self.believe(Purpose.STREAM_END, data).body)
                if (end.size, end.body_digest) != (counted.size, counted.value):
                    raise BadSignature("what came is not what the node says it sent")
                if end.failed:
                    raise end.failed.error
                return
        raise Unreachable("the connection was cut in the middle of an answer")


def mismatch(other: Hello, network: str) -> VersionMismatch:
    """In words, why the two sides cannot talk."""
    if other.network != network:
        return VersionMismatch(
            f"the node belongs to network {other.network!r}, you asked in {network!r}",
            hint="choose the network with --network",
        )
    return VersionMismatch(
        f"the node speaks version {other.version} of the protocol, this program"
        f" {PROTOCOL_VERSION}",
        hint="install the same release of seattle-p2p on both sides",
    )
