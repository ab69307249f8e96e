"""A researcher's conversation with one node manager, over a transport it is given.

Nothing here knows HTTP: `experiment/https.py` gives the real transport, the simulator another.
A result is believed only when the node's own key signed it for this very request.
"""

import asyncio
import os
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import TypeVar

from seattle_p2p.errors import (
    MalformedMessage,
    NotPermitted,
    StaleMessage,
    Unreachable,
)
from seattle_p2p.experiment.batching import Batcher
from seattle_p2p.experiment.bodies import BytesSource, Source
from seattle_p2p.experiment.conversation import (
    Transport,
)
from seattle_p2p.experiment.followed import Followed
from seattle_p2p.experiment.node_line import NodeLine
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.wire.actions import (
    Action,
    Batchable,
    ChangeAdvertise,
    ChangeInformation,
    ChangeKeepRunning,
    ChangeLayers,
    ChangeOwner,
    ChangeUsers,
    DeleteFile,
    GetFile,
    Join,
    Layer,
    ListFiles,
    ListVessels,
    LogFrom,
    PutFile,
    ReadLog,
    Reset,
    Split,
    Start,
    Status,
    Stop,
)
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.commands import Command
from seattle_p2p.wire.failed import Failed
from seattle_p2p.wire.fields import COMMAND_ID_BYTES
from seattle_p2p.wire.greeting import Welcome
from seattle_p2p.wire.limits import MAX_LOG_READ
from seattle_p2p.wire.results import (
    Divided,
    Files,
    LogPart,
    LogPiece,
    Result,
    United,
    VesselInfo,
    Vessels,
    log_piece_door,
)

PAUSES_S = (0.0, 0.2, 0.5, 1.0, 2.0, 4.0)
"""Waits before a command is sent again after its reply was lost; a node manager that was
restarted answers within them."""

MAX_BESIDE = 4
"""Questions with long answers that are asked at the same time, each over its own connection."""

SILENT_S = 45.0
"""Followed logs that say nothing for so long are asked for again; nodes speak every 15 s."""


class NodeClient:
    """Everything a researcher can ask of one node.

    Connects when first needed and keeps connections. Commands asked for at the same time go
    together over one (see `batching`); long answers open more.
    When a reply is lost, the same command goes again under the same id: the node acts once.
    Timeouts are the caller's (`asyncio.timeout`); a cancelled call drops its connection.

    Args:
        key: Who asks.
        node: Whose answers are believed.
        addresses: Where the node may be, in the order to try.
        transport: What opens connections.
        network: Name of the network both must belong to.
        entropy: `n` fresh random bytes.
        pauses_s: Waits before each attempt, in seconds; their count is the count of attempts.
    """

    def __init__(
        self,
        key: KeyPair,
        node: PublicKey,
        addresses: Sequence[PeerAddress],
        transport: Transport,
        *,
        network: str,
        entropy: Callable[[int], bytes] = os.urandom,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        self.node = node
        self._entropy = entropy
        self._pauses_s = pauses_s
        self._line = NodeLine(
            key, node, addresses, transport, network=network, pauses_s=pauses_s
        )
        self._batcher = Batcher(self._line.send, lambda: entropy(COMMAND_ID_BYTES))
        self.beside = asyncio.Semaphore(MAX_BESIDE)
        """To be held by whoever reads files of many vessels at the same time."""

    async def __aenter__(self) -> "NodeClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Hang up; never raises."""
        await self._batcher.close()
        await self._line.close()

    async def introduce(self) -> Welcome:
        """Who the node is and what contains programs there; connects if need be."""
        return await self._line.introduce()

    # Vessels

    async def vessels(self) -> list[VesselInfo]:
        """The vessels there that this key owns or uses."""
        return list(_expect(Vessels, await self.ask(ListVessels())).vessels)

    async def status(self, vessel: str) -> VesselInfo:
        """One vessel, now."""
        infos = _expect(Vessels, await self.ask(Status(vessel))).vessels
        if [info.name for info in infos] != [vessel]:
            raise MalformedMessage(f"the node answered about other vessels than {vessel}")
        return infos[0]

    async def start(self, vessel: str, program: str, arguments: Sequence[str] = ()) -> str:
        """Run a program that is in the vessel; returns the run's id."""
        command = self.make(Start(vessel, program, tuple(arguments)))
        await self.send(command)
        return command.id.hex()

    async def stop(self, vessel: str) -> None:
        """End the program."""
        await self.ask(Stop(vessel))

    async def reset(self, vessel: str) -> None:
        """End the program; remove files and log."""
        await self.ask(Reset(vessel))

    # Files

    async def put(self, vessel: str, file: str, content: bytes | Source) -> None:
        """Store `content` as `file`: all of it or nothing."""
        source = BytesSource(content) if isinstance(content, bytes) else content
        action = PutFile(vessel, file, source.size, source.digest)
        await self.send(self.make(action), source)

    async def get(self, vessel: str, file: str) -> AsyncGenerator[bytes, None]:
        """Content of a file, piece by piece. Complete only when the iteration ends normally."""
        async with aclosing(self.stream(GetFile(vessel, file))) as pieces:
            async for data in pieces:
                yield data

    async def delete(self, vessel: str, file: str) -> None:
        """Remove a file."""
        await self.ask(DeleteFile(vessel, file))

    async def files(self, vessel: str) -> Files:
        """Names and sizes."""
        return _expect(Files, await self.ask(ListFiles(vessel)))

    # Log

    async def read_log(
        self,
        vessel: str,
        offset: int = 0,
        limit: int = MAX_LOG_READ,
        *,
        since_s: float = -1.0,
    ) -> LogPart:
        """Log from `offset` on, at most `limit` bytes; `start` is later when some is gone."""
        return _expect(LogPart, await self.ask(ReadLog(vessel, offset, limit, since_s)))

    async def follow_log(self, vessel: str, offset: int = 0) -> AsyncGenerator[LogPart, None]:
        """Pieces of one log as it grows; see `follow_logs`.

        Raises:
            NotPermitted: and everything else that ends it early.
        """
        async with aclosing(self.follow_logs([LogFrom(vessel, offset)])) as pieces:
            async for piece in pieces:
                if piece.failed:
                    raise piece.failed.error
                if piece.part.data:
                    yield piece.part

    async def follow_logs(self, logs: Sequence[LogFrom]) -> AsyncGenerator[LogPiece, None]:
        """Pieces of several logs as they grow, until it is over for each, over one connection.

        Goes on where it was when the connection is cut, as long as the node comes back within
        a minute or so, and when rights change that are not ours. Pieces without data say that
        the node is there and what its clock shows.

        Raises:
            Unreachable: the node did not come back.
        """
        clock = asyncio.get_running_loop().time
        patience_s = 8 * sum(self._pauses_s)
        # Since when nothing succeeds: not since the last piece, whose reader may have rested.
        lost_s: float | None = None
        following = Followed(logs, clock())
        pauses = 0
        while following.left:
            try:
                async with aclosing(self.stream(following.action(clock()))) as frames:
                    while True:
                        async with asyncio.timeout(SILENT_S):
                            frame = await anext(frames, None)
                        if frame is None:
                            break
                        lost_s, pauses = None, 0
                        piece = following.take(log_piece_door.decode(frame))
                        if piece is None:
                            break  # something about the rights changed: a new question tells
                        yield piece
            except NotPermitted as reason:
                ours = {info.name for info in await self.vessels()}
                for piece in following.drop_others(ours, reason):
                    yield piece
            except (Unreachable, TimeoutError) as reason:
                lost_s = clock() if lost_s is None else lost_s
                if clock() - lost_s >= patience_s:
                    raise _silence(reason) from reason
                await asyncio.sleep(self._pauses_s[min(pauses, len(self._pauses_s) - 1)])
                pauses += 1

    # Owner

    async def change_advertise(self, vessel: str, advertise: bool) -> None:
        """Owner only: whether the vessel is published."""
        await self.ask(ChangeAdvertise(vessel, advertise))

    async def change_users(self, vessel: str, users: Sequence[PublicKey]) -> None:
        """Owner only: replace all users."""
        await self.ask(ChangeUsers(vessel, tuple(user.raw for user in users)))

    async def change_information(self, vessel: str, information: str) -> None:
        """Owner only: replace the label."""
        await self.ask(ChangeInformation(vessel, information))

    async def change_owner(
        self, vessel: str, owner: PublicKey, *, keep_users: bool = False
    ) -> None:
        """Owner only: hand the vessel over. The sender has no right to it afterwards."""
        await self.ask(ChangeOwner(vessel, owner.raw, keep_users))

    async def split(self, vessel: str, parts: Sequence[str], *, stop: bool = False) -> Divided:
        """Owner only: cut vessels of those restrictions out of one, which is no more."""
        return _expect(Divided, await self.ask(Split(vessel, tuple(parts), stop)))

    async def join(self, vessels: Sequence[str], *, stop: bool = False) -> str:
        """Owner only: make one vessel of several, which are no more; its name."""
        return _expect(United, await self.ask(Join(tuple(vessels), stop))).vessel

    async def change_keep_running(self, vessel: str, keep_running: bool) -> None:
        """Whether its program is started again when it ends by no one's wish."""
        await self.ask(ChangeKeepRunning(vessel, keep_running))

    async def change_layers(self, vessel: str, layers: Sequence[tuple[str, bytes]]) -> None:
        """Owner only: replace the security layers, name and text of each, the lowest first.

        Their texts are uploaded, copied by the node and removed again.
        """
        meant = []
        for name, text in layers:
            source = BytesSource(text)
            file = f"layer-{source.digest.hex()[:16]}"
            await self.put(vessel, file, source)
            meant.append(Layer(name, file, source.digest))
        await self.ask(ChangeLayers(vessel, tuple(meant)))
        for file in {layer.file for layer in meant}:
            await self.delete(vessel, file)

    async def offcut(self) -> str:
        """What one split costs there, as restrictions."""
        return _expect(Vessels, await self.ask(ListVessels())).offcut

    # What the methods above stand on

    def make(self, action: Action) -> Command:
        """A command with an id of its own."""
        return Command(self._entropy(COMMAND_ID_BYTES), action)

    async def ask(self, action: Action) -> Result:
        """Send an action without a body; its result.

        Raises:
            SeattleError: the node's own refusal, or why there is no answer to believe.
        """
        return await self.send(self.make(action))

    async def send(self, command: Command, body: Source | None = None) -> Result:
        """Send a command, again under the same id when no reply came; errors as for `ask`.

        What can be batched goes together with what else is asked meanwhile.
        """
        if not isinstance(command.action, Batchable):
            async with self.beside:
                return await self._line.send(command, body)
        result = await self._batcher.ask(command, body)
        if not isinstance(result, Failed):
            return result
        if isinstance(result.error, StaleMessage):
            # The node was still at the same command when it came again, without its body.
            return await self._line.send(command, body)
        raise result.error

    def stream(self, action: Action) -> AsyncGenerator[bytes, None]:
        """Frames of a streamed answer; all of it came only when this ends normally."""
        return self._line.stream(self.make(action))


T = TypeVar("T")


def _silence(reason: Unreachable | TimeoutError) -> Unreachable:
    if isinstance(reason, Unreachable):
        return reason
    return Unreachable(
        "the node fell silent", hint="`seattle browse` finds the nodes that are there"
    )


def _expect(kind: type[T], result: object) -> T:
    if not isinstance(result, kind):
        raise MalformedMessage(
            f"the node answered {type(result).__name__}, not {kind.__name__}"
        )
    return result
