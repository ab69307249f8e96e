"""The donor's own line to the node manager that runs: a Unix socket in the donor's folder.

One JSON line asks, one JSON line answers, then the connection closes. Only the account that
runs the node manager (and root) is heard: the kernel tells who is at the other end. Nothing of
this is reachable from the network.
"""

import asyncio
import os
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from seattle_p2p.errors import InternalError, SeattleError, Unreachable, from_wire

SOCKET_NAME = "control.sock"
_MAX_LINE_BYTES = 256 * 1024
"""A status of some hundred vessels; more is not ours."""
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


class Controlled(Protocol):
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
    """What a donor asks: `ask` is ``report``, ``pause``, ``resume`` or ``stop``."""

    ask: str
    for_s: float | None = None


class Answer(msgspec.Struct, frozen=True):
    """What comes back: a report, or an error by its wire code, or neither for "done"."""

    report: ManagerReport | None = None
    code: str = ""
    message: str = ""
    hint: str = ""


@asynccontextmanager
async def serve_control(folder: Path, manager: Controlled) -> AsyncIterator[None]:
    """Answer questions on ``folder/control.sock`` while the block runs.

    The caller holds the folder's lock, so a socket that is there already is a dead one's.
    """

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if _is_ours(writer.get_extra_info("socket")):
                async with asyncio.timeout(_PATIENCE_S):
                    answer = await _answer(await reader.readline(), manager)
                    writer.write(msgspec.json.encode(answer) + b"\n")
                    await writer.drain()
        except (OSError, ValueError, TimeoutError):
            pass  # the asker went away, or wrote a line without end
        finally:
            writer.close()

    with _short_path(folder) as path:
        path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(str(path))
            path.chmod(0o600)
            server = await asyncio.start_unix_server(
                converse, sock=listener, limit=_MAX_LINE_BYTES
            )
        except BaseException:
            listener.close()
            raise
        try:
            yield
        finally:
            server.close()
            path.unlink(missing_ok=True)


async def ask(folder: Path, question: Question) -> ManagerReport | None:
    """Ask the node manager of `folder`; its report, or None when it only did as asked.

    Raises:
        Unreachable: no node manager runs there, or it does not answer.
        SeattleError: what it answered instead.
    """
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
    return answer.report


async def _exchange(folder: Path, question: Question) -> Answer:
    with _short_path(folder) as path:
        reader, writer = await asyncio.open_unix_connection(str(path), limit=_MAX_LINE_BYTES)
    try:
        writer.write(msgspec.json.encode(question) + b"\n")
        await writer.drain()
        return msgspec.json.decode(await reader.readline(), type=Answer)
    finally:
        writer.close()


async def _answer(line: bytes, manager: Controlled) -> Answer:
    try:
        question = msgspec.json.decode(line, type=Question)
        if question.ask == "report":
            return Answer(report=await manager.report())
        if question.ask == "pause":
            await manager.pause(question.for_s)
        elif question.ask == "resume":
            await manager.resume()
        elif question.ask == "stop":
            await manager.stop()
        else:
            return Answer(code="usage", message=f"nobody asks {question.ask!r} here")
    except msgspec.DecodeError as reason:
        return Answer(code="usage", message=f"not a question: {reason}")
    except SeattleError as error:
        return Answer(code=error.code, message=error.message, hint=error.hint)
    except OSError as error:
        return Answer(code=InternalError.code, message=error.strerror or "the system refused")
    return Answer()


@contextmanager
def _short_path(folder: Path) -> Iterator[Path]:
    """A path to the socket that fits: the kernel takes 107 bytes, folders may be deeper."""
    direct = folder / SOCKET_NAME
    if len(os.fsencode(direct)) <= 100:
        yield direct
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield Path(f"/proc/self/fd/{handle}/{SOCKET_NAME}")
    finally:
        os.close(handle)


def _is_ours(connection: socket.socket) -> bool:
    """Whether this very account, or root, is at the other end (Linux: SO_PEERCRED)."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True  # elsewhere the socket's mode is what guards it
    size = struct.calcsize("3i")
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    uid = struct.unpack("3i", raw)[1]
    return uid in (0, os.getuid())
