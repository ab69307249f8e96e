"""The line to a node that runs here, a donor's or a seed: a Unix socket in its folder.

One JSON line asks, one JSON line answers, then the connection closes. Only the account that
runs the node manager (and root) is heard: the kernel tells who is at the other end. Nothing of
this is reachable from the network.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

import msgspec

from seattle_p2p.errors import InternalError, SeattleError, Unreachable, from_wire
from seattle_p2p.manager.home import CONTROL_SOCKET
from seattle_p2p.net.inside import OverlayReport
from seattle_p2p.vessel.places import connect_in, listen_in, require_same_user

_MAX_LINE_BYTES = 256 * 1024
"""A status of some hundred vessels; more is not ours."""
_OF_DONORS = ("report", "pause", "resume", "stop")
_PATIENCE_S = 30.0
"""For one question: `stop` ends vessels' conversations first."""


class VesselReport(msgspec.Struct, frozen=True):
    """One vessel as its donor may see it: what it may use, what it uses, never what it says."""

    name: str
    owner: str
    users: list[str]
    state: str
    cause: str
    limits: dict[str, float]
    used: dict[str, float]


class ManagerReport(msgspec.Struct, frozen=True):
    """What a running node manager says of itself.

    `reachable` is what peers that dialled back found: ``"yes"``, ``"no"``, or ``"unknown"``
    while nobody has tried yet; `reachable_reason` is one sentence about it. Times in seconds.
    """

    pid: int
    node: str
    network: str
    planner: str
    percent: float
    overlay: list[str]
    commands: list[str]
    peers: int
    reachable: str
    reachable_reason: str
    paused: bool
    pause_left_s: float | None
    vessels: list[VesselReport]
    layers: list[str]
    missing_layers: list[str]


class Observed(Protocol):
    """What every running node offers to whoever runs it."""

    async def look_into(self) -> OverlayReport:
        """The overlay's counters and tables."""


@runtime_checkable
class Controlled(Observed, Protocol):
    """What the node manager offers to its donor."""

    async def report(self) -> ManagerReport:
        """What runs, what it uses, what peers see."""

    async def pause(self, for_s: float | None) -> None:
        """Freeze every program and withdraw adverts, for a while or until `resume`."""

    async def resume(self) -> None:
        """Go on."""

    async def stop(self) -> None:
        """Begin to shut down; vessels run on."""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is asked: ``overlay`` of any node, of a donor's also ``report``, ``pause``,
    ``resume``, ``stop``."""

    ask: str
    for_s: float | None = None


class Answer(msgspec.Struct, frozen=True):
    """What comes back: what was asked for, or an error by its wire code, or "done"."""

    report: ManagerReport | None = None
    overlay: OverlayReport | None = None
    code: str = ""
    message: str = ""
    hint: str = ""


@asynccontextmanager
async def serve_control(folder: Path, manager: Controlled | Observed) -> AsyncIterator[None]:
    """Answer questions on ``folder/control.sock`` while the block runs.

    The caller holds the folder's lock, so a socket that is there already is a dead one's.
    """

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            require_same_user(writer.get_extra_info("socket"))
            async with asyncio.timeout(_PATIENCE_S):
                answer = await _answer(await reader.readline(), manager)
                writer.write(msgspec.json.encode(answer) + b"\n")
                await writer.drain()
        except (OSError, ValueError, TimeoutError):
            pass  # another account, or gone again, or a line without end
        finally:
            writer.close()

    listener = listen_in(folder, CONTROL_SOCKET)
    try:
        server = await asyncio.start_unix_server(converse, sock=listener, limit=_MAX_LINE_BYTES)
    except BaseException:
        listener.close()
        raise
    try:
        yield
    finally:
        server.close()
        (folder / CONTROL_SOCKET).unlink(missing_ok=True)


async def ask(folder: Path, question: Question) -> ManagerReport | None:
    """Ask the node manager of `folder`; its report, or None when it only did as asked.

    Raises:
        Unreachable: no node manager runs there, or it does not answer.
        SeattleError: what it answered instead.
    """
    return (await _ask(folder, question)).report


async def ask_overlay(folder: Path) -> OverlayReport:
    """Ask the donor's node or the seed of `folder` what its overlay is like.

    Raises:
        Unreachable: none runs there, or it does not answer.
    """
    report = (await _ask(folder, Question("overlay"))).overlay
    if report is None:
        raise Unreachable(f"the node in {folder} tells nothing of its overlay")
    return report


async def _ask(folder: Path, question: Question) -> Answer:
    try:
        async with asyncio.timeout(_PATIENCE_S):
            answer = await _exchange(folder, question)
    except TimeoutError as reason:
        raise Unreachable(
            f"the node manager in {folder} does not answer",
            hint="look at its log; if it hangs, stop it and start `seattle donor run` again",
        ) from reason
    except (OSError, msgspec.DecodeError, ValueError) as reason:
        raise Unreachable(f"no node manager runs in {folder}") from reason
    if answer.code:
        raise from_wire(answer.code, answer.message, answer.hint)
    return answer


async def _exchange(folder: Path, question: Question) -> Answer:
    reader, writer = await asyncio.open_unix_connection(
        sock=connect_in(folder, CONTROL_SOCKET), limit=_MAX_LINE_BYTES
    )
    try:
        writer.write(msgspec.json.encode(question) + b"\n")
        await writer.drain()
        return msgspec.json.decode(await reader.readline(), type=Answer)
    finally:
        writer.close()


async def _answer(line: bytes, manager: Controlled | Observed) -> Answer:
    try:
        question = msgspec.json.decode(line, type=Question)
        if question.ask == "overlay":
            return Answer(overlay=await manager.look_into())
        if question.ask not in _OF_DONORS or not isinstance(manager, Controlled):
            return Answer(code="usage", message=f"nobody asks {question.ask!r} here")
        if question.ask == "report":
            return Answer(report=await manager.report())
        if question.ask == "pause":
            await manager.pause(question.for_s)
        elif question.ask == "resume":
            await manager.resume()
        else:
            await manager.stop()
    except msgspec.DecodeError as reason:
        return Answer(code="usage", message=f"not a question: {reason}")
    except SeattleError as error:
        return Answer(code=error.code, message=error.message, hint=error.hint)
    except OSError as error:
        return Answer(code=InternalError.code, message=error.strerror or "the system refused")
    return Answer()
