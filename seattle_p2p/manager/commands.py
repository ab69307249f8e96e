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
    NoSuchVessel,
    PeerError,
    ReusedId,
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
from seattle_p2p.manager.actions import (
    Actions,
    Body,
    LedgerAction,
    OutsideAction,
    Received,
    StreamAction,
    is_outside,
)
from seattle_p2p.manager.authorise import Role, authorise, role_of
from seattle_p2p.manager.challenges import Line
from seattle_p2p.manager.ledger import Ledger, Remembered, VesselRow
from seattle_p2p.wire.commands import (
    PROTOCOL_VERSION,
    Action,
    BodyDigest,
    Command,
    Done,
    Failed,
    Hello,
    PutFile,
    Result,
    StreamEnd,
    Welcome,
    command_digest,
    command_door,
    decode_action,
    encode,
    encode_action,
    failed,
    hello_door,
    result_door,
    word,
)
from seattle_p2p.wire.limits import MAX_COMMAND_BYTES

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
        actions: Actions,
        clock: Callable[[], float],
        entropy: Callable[[int], bytes],
    ) -> None:
        self._key = key
        self._network = network
        self._layers = tuple(layers)
        self._ledger = ledger
        self._actions = actions
        self._clock = clock
        self._entropy = entropy
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._under_way: dict[bytes, asyncio.Future[None]] = {}
        self.counts: defaultdict[str, int] = defaultdict(int)
        """Answers by what came of them: ``ok``, or the error's code."""
        self.on_change: Callable[[], None] = lambda: None
        """Called when people or advertising of a vessel changed."""

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
        """
        request = self._decode(head)
        asked = digest_of(head)
        try:
            command = self._check(line, request)
            result, frames = await self._carry_out(request.sender_key, command, body)
        except SeattleError as error:
            result, frames = failed(error), None
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
        line.proved = True
        return command_door.decode(request.body)

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
        if isinstance(action, LedgerAction) or is_outside(action):
            return await self._once(sender, command, body), None
        row = self._row(action)
        authorise(sender, action, row)
        if isinstance(action, StreamAction):
            assert row is not None
            return self._actions.stream(action, row)
        result = await self._actions.read(sender, action)
        assert result is not None
        return result, None

    def _row(self, action: Action) -> VesselRow | None:
        try:
            return self._ledger.vessel(getattr(action, "vessel", ""))
        except NoSuchVessel:
            return None

    async def _once(self, sender: PublicKey, command: Command, body: Body) -> Result:
        """Carry out an effect, or give again what came of it the first time."""
        digest = command_digest(sender.raw, command)
        while command.id in self._under_way:
            await asyncio.wait([self._under_way[command.id]])
        known = self._ledger.recall(command.id)
        if known and (known.sender, known.digest) != (sender, digest):
            raise ReusedId("this command's id was used for another command")
        if known and known.outcome is None:
            await self._settle(known)
            known = self._ledger.recall(command.id)
        if known and known.outcome is not None:
            return result_door.decode(known.outcome)
        # From here to the end nobody else works on this id.
        done = self._under_way[command.id] = asyncio.get_running_loop().create_future()
        try:
            return await self._first_time(sender, command, digest, body)
        finally:
            del self._under_way[command.id]
            done.set_result(None)

    async def _first_time(
        self, sender: PublicKey, command: Command, digest: bytes, body: Body
    ) -> Result:
        action = command.action
        row = self._row(action)
        try:
            authorise(sender, action, row)
            assert row is not None
            if is_outside(action):
                return await self._outside(sender, command, action, row, digest, body)
            assert isinstance(action, LedgerAction)
            async with self._turns[row.name]:
                return self._in_ledger(sender, command, action, digest)
        except SeattleError as error:
            # Strangers leave no trace here, or they could keep the disk busy.
            if row and role_of(sender, row) is not Role.NOBODY:
                self._ledger.record(sender, word(action), row.name, error.code)
            raise

    def _in_ledger(
        self, sender: PublicKey, command: Command, action: LedgerAction, digest: bytes
    ) -> Result:
        with self._ledger.transaction():
            # Rights may have changed while this waited for its turn.
            row = self._row(action)
            authorise(sender, action, row)
            assert row is not None
            result = self._actions.change(action, row)
            self._remember(sender, command, digest, encode(result))
            self._ledger.record(sender, word(action), row.name, "ok")
        self.on_change()
        return result

    async def _outside(
        self,
        sender: PublicKey,
        command: Command,
        action: OutsideAction,
        row: VesselRow,
        digest: bytes,
        body: Body,
    ) -> Result:
        received: Received | None = None
        if isinstance(action, PutFile):
            received = await self._actions.receive(action, row, body)
        try:
            async with self._turns[row.name]:
                self._actions.require_unchanged(row)
                self._remember(sender, command, digest, None)
                result: Result
                try:
                    result = await self._actions.act(
                        action, row, sender, command.id.hex(), received
                    )
                except SeattleError as error:
                    result = failed(error)
                self._write_down(sender, command.id, action, result)
                return result
        finally:
            if received:
                received.close()

    def _remember(
        self, sender: PublicKey, command: Command, digest: bytes, outcome: bytes | None
    ) -> None:
        name = getattr(command.action, "vessel", "")
        action = encode_action(command.action)
        self._ledger.remember(Remembered(command.id, sender, digest, name, action, outcome))

    def _write_down(
        self, sender: PublicKey, command_id: bytes, action: OutsideAction, result: Result
    ) -> None:
        """Effect, result and audit in one transaction."""
        with self._ledger.transaction():
            if isinstance(result, Done):
                self._actions.note(action, command_id.hex())
            outcome = result.code if isinstance(result, Failed) else "ok"
            self._ledger.settle(command_id, encode(result))
            self._ledger.record(sender, word(action), action.vessel, outcome)

    # After a crash

    async def settle_all(self) -> None:
        """Find out what became of the intents a crash left behind; before serving anyone."""
        for intent in self._ledger.unsettled():
            await self._settle(intent)

    async def _settle(self, intent: Remembered) -> None:
        action = decode_action(intent.action)
        assert is_outside(action)
        async with self._turns[intent.vessel]:
            if await self._actions.was_done(action, intent.id.hex()):
                self._write_down(intent.sender, intent.id, action, Done())
            else:
                # It never happened: the same command may come again and will act then.
                self._ledger.withdraw_intent(intent.id)


def _our_mistake() -> InternalError:
    return InternalError(
        "the node manager failed inside; its log says more", hint="tell the node's donor"
    )
