"""The command core: a signed request in, a signed reply out. No HTTP and no sockets here.

Step 5 asks whether a message is what it claims to be: size, shape, receiver, challenge, number,
signature, in this order, all before a body is read. Step 6 asks whether it is allowed. Then an
action is carried out, once for each command id.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass

from seattle_p2p.errors import (
    InternalError,
    MalformedMessage,
    PeerError,
    SeattleError,
    VersionMismatch,
)
from seattle_p2p.identity.envelope import (
    CHALLENGE_BYTES,
    Envelope,
    Purpose,
    decode_envelope,
    digest_of,
    encode_envelope,
    require_genuine,
    seal,
)
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.manager.actions import LedgerAction, OutsideAction
from seattle_p2p.manager.challenges import Line
from seattle_p2p.manager.effects import Effects, permitted
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.reads import Reads, StreamAction
from seattle_p2p.manager.uploads import Body, Incoming
from seattle_p2p.wire.actions import Batch
from seattle_p2p.wire.bodies import BodyDigest
from seattle_p2p.wire.commands import Command, command_door, encode
from seattle_p2p.wire.failed import Failed, failed
from seattle_p2p.wire.greeting import (
    PROTOCOL_VERSION,
    Hello,
    Welcome,
    hello_door,
)
from seattle_p2p.wire.limits import MAX_COMMAND_BYTES
from seattle_p2p.wire.results import (
    Done,
    Result,
    Results,
    StreamEnd,
    Vessels,
)

_log = logging.getLogger(__name__)

Frames = AsyncGenerator[tuple[bool, bytes], None]
"""Pieces of a streamed body; True marks the last, which is the signed end."""


@dataclass(frozen=True)
class Reply:
    """One answer: its signed head, and the frames of a streamed body if there is one."""

    head: bytes
    frames: Frames | None = None


class CommandCore:
    """Answers commands for one node.

    Args:
        key: The node's key, which signs every answer.
        network: Name of the network the node belongs to.
        layers: What stands between a program and the machine here; told to strangers.
        clock: Monotonic seconds.
        entropy: `n` fresh random bytes.
    """

    def __init__(
        self,
        key: KeyPair,
        *,
        network: str,
        layers: Sequence[str],
        ledger: Ledger,
        reads: Reads,
        effects: Effects,
        clock: Callable[[], float],
        entropy: Callable[[int], bytes],
    ) -> None:
        self._key = key
        self._network = network
        self._layers = tuple(layers)
        self._ledger = ledger
        self._reads = reads
        self._clock = clock
        self._entropy = entropy
        self._effects = effects
        self.counts: defaultdict[str, int] = defaultdict(int)
        """Answers by what came of them: ``ok``, or the error's code."""

    # First words

    def line(self) -> Line:
        """State of a new connection."""
        return Line(self._clock())

    def introduce(self) -> bytes:
        """What anyone may know: version, network, node key, layers."""
        return encode(self._welcome(b""))

    def greet(self, line: Line, hello: bytes) -> bytes:
        """Answer a client's first words with a fresh challenge, or say why not."""
        try:
            theirs = hello_door.decode(hello)
            self._require_same(theirs)
        except PeerError as error:
            self.counts[error.code] += 1
            return encode(failed(error))
        challenge = self._entropy(CHALLENGE_BYTES)
        line.begin(challenge, self._clock())
        return encode(self._welcome(challenge))

    def _welcome(self, challenge: bytes) -> Welcome:
        return Welcome(
            PROTOCOL_VERSION, self._network, self._key.public.raw, self._layers, challenge
        )

    def _require_same(self, theirs: Hello) -> None:
        if theirs.network != self._network:
            raise VersionMismatch(
                f"this node belongs to network {self._network!r}, not {theirs.network!r}",
                hint="choose the network with --network",
            )
        if theirs.version != PROTOCOL_VERSION:
            raise VersionMismatch(
                f"this node speaks version {PROTOCOL_VERSION} of the protocol,"
                f" not {theirs.version}",
                hint="install the same release of seattle-p2p on both sides",
            )

    # One command

    async def answer(self, line: Line, head: bytes, body: Body) -> Reply:
        """Check, authorise, act, and sign what came of it.

        Raises:
            MalformedMessage: `head` is no envelope, so that there is nobody to answer to.
            ConnectionError: of `body`, when its sender is gone.
        """
        request = self._decode(head)
        asked = digest_of(head)
        try:
            command = self._check(line, request)
            result, frames = await self._carry_out(request.sender_key, command, body)
        except SeattleError as error:
            result, frames = failed(error), None
        except ConnectionError:
            raise  # the sender went away in the middle of its body
        except Exception:
            _log.exception("a command failed inside")
            result, frames = failed(_our_mistake()), None
        self.counts[result.code if isinstance(result, Failed) else "ok"] += 1
        reply = self._seal(Purpose.REPLY, request, asked, encode(result))
        if frames is None:
            return Reply(reply)
        return Reply(reply, self._frames(line, request, asked, frames))

    def _decode(self, head: bytes) -> Envelope:
        try:
            return decode_envelope(head, limit=MAX_COMMAND_BYTES)
        except MalformedMessage as error:
            self.counts[error.code] += 1
            raise

    def _check(self, line: Line, request: Envelope) -> Command:
        """Step 5: is it what it claims to be? The receiver again in `require_genuine`."""
        if request.receiver == self._key.public.raw:
            line.spend(request.challenge, request.number, self._clock())
        require_genuine(Purpose.COMMAND, request, receiver=self._key.public)
        if request.answers:
            raise MalformedMessage("a command answers nothing")
        sender = request.sender_key
        line.person = sender if self._ledger.knows(sender) else None
        line.commands = 1
        command = command_door.decode(request.body)
        if isinstance(command.action, Batch):
            line.commands = len(command.action.items)
        return command

    def _seal(self, purpose: Purpose, request: Envelope, asked: bytes, body: bytes) -> bytes:
        return encode_envelope(
            seal(
                purpose,
                self._key,
                receiver=request.sender_key,
                challenge=request.challenge,
                number=request.number,
                body=body,
                answers=asked,
            )
        )

    async def _frames(
        self, line: Line, request: Envelope, asked: bytes, frames: AsyncGenerator[bytes, None]
    ) -> Frames:
        """Pass the pieces on, then sign what was sent and why it ended."""
        counted = BodyDigest()
        problem: Failed | None = None
        try:
            async for data in frames:
                counted.add(data)
                yield False, data
        except SeattleError as error:
            problem = failed(error)
        except Exception:
            _log.exception("a streamed answer failed inside")
            problem = failed(_our_mistake())
        finally:
            await frames.aclose()
        end = encode(StreamEnd(counted.size, counted.value, problem))
        yield True, self._seal(Purpose.STREAM_END, request, asked, end)
        line.touch(self._clock())

    # What it does

    async def _carry_out(
        self, sender: PublicKey, command: Command, body: Body
    ) -> tuple[Result, AsyncGenerator[bytes, None] | None]:
        action = command.action
        if isinstance(action, Batch):
            return await self._carry_out_all(sender, action, body), None
        if isinstance(action, LedgerAction | OutsideAction):
            incoming = Incoming([command], body)
            try:
                return await self._effects.carry_out(sender, command, incoming), None
            finally:
                await incoming.close()
        rows = permitted(self._ledger, sender, action)
        if isinstance(action, StreamAction):
            return self._reads.stream(action, rows)
        result = await self._reads.read(sender, action)
        assert result is not None
        return result, None

    async def _carry_out_all(self, sender: PublicKey, batch: Batch, body: Body) -> Results:
        """Each of a batch by itself, side by side."""
        commands = [Command(item.id, item.action) for item in batch.items]
        if len({command.id for command in commands}) < len(commands):
            raise MalformedMessage("two commands of one batch have the same id")
        incoming = Incoming(commands, body)
        try:
            # All come to their end: a body that breaks off must not stop a program half-way.
            found = await asyncio.gather(
                *(self._one_of_many(sender, command, incoming) for command in commands),
                return_exceptions=True,
            )
        finally:
            await incoming.close()
        results: list[Done | Vessels | Failed] = []
        for result in found:
            if isinstance(result, BaseException):
                raise result
            results.append(result)
        return Results(tuple(results))

    async def _one_of_many(
        self, sender: PublicKey, command: Command, incoming: Incoming
    ) -> Done | Vessels | Failed:
        action = command.action
        result: Result | None
        try:
            if isinstance(action, LedgerAction | OutsideAction):
                result = await self._effects.carry_out(sender, command, incoming)
            else:
                permitted(self._ledger, sender, action)
                result = await self._reads.read(sender, action)
            assert isinstance(result, Done | Vessels | Failed)
        except SeattleError as error:
            result = failed(error)
        except ConnectionError:
            raise
        except Exception:
            _log.exception("a command of a batch failed inside")
            result = failed(_our_mistake())
        self.counts[result.code if isinstance(result, Failed) else "ok"] += 1
        return result


def _our_mistake() -> InternalError:
    return InternalError(
        "the node manager failed inside; its log says more", hint="tell the node's donor"
    )
