"""What comes back for a command; `actions` names which of these answers which.

A node may be anybody's: names become names of files, and numbers are reckoned with, where the
answer is read, so both are checked at the door like everything else.
"""

import msgspec

from seattle_p2p.wire.doors import Door
from seattle_p2p.wire.failed import Failed
from seattle_p2p.wire.fields import (
    Amount,
    Count,
    Digest,
    Key,
    Moment,
    PlainFileName,
    VesselName,
)
from seattle_p2p.wire.limits import MAX_HELLO_BYTES, MAX_REPLY_BYTES, STREAM_FRAME_BYTES


class Done(msgspec.Struct, frozen=True, array_like=True, tag="done"):
    """It was done."""


class VesselInfo(msgspec.Struct, frozen=True, array_like=True):
    """One vessel, as its owner or user may see it.

    Args:
        users: For the owner only; others get an empty tuple.
        state: ``fresh``, ``started``, ``stopped`` or ``ended``; ``paused`` by the donor.
        cause: Why the last run ended, one word; empty while it runs or never ran.
        text: The same in words for people; `line` is the program's line at fault, or 0.
        run: Id of the last run (hexadecimal), empty when there was none.
        for_s: Seconds since the state began, by the node's own clock; negative if unknown.
        log_start, log_end: Offsets of the log that can still be read.
        restrictions: The restrictions text.
        used: What the program uses now, by the resource's name and in its unit.
        keep_running: Whether the program is started again when it ends by no one's wish.
        security_layers: Names of what stands between programs and their calls, lowest first.
    """

    name: VesselName
    role: str
    owner: Key
    users: tuple[Key, ...]
    information: str
    advertise: bool
    generation: int
    state: str
    cause: str
    text: str
    line: int
    run: str
    program: str
    arguments: tuple[str, ...]
    for_s: Amount
    log_start: Count
    log_end: Count
    restrictions: str
    used: dict[str, Amount]
    keep_running: bool = False
    security_layers: tuple[str, ...] = ()


class Vessels(msgspec.Struct, frozen=True, array_like=True, tag="vessels"):
    """Vessels, by number; `offcut` is the restrictions text of what one split costs there."""

    vessels: tuple[VesselInfo, ...]
    offcut: str = ""


class FileInfo(msgspec.Struct, frozen=True, array_like=True):
    """One file of a vessel."""

    name: PlainFileName
    size: Count


class Files(msgspec.Struct, frozen=True, array_like=True, tag="files"):
    """Files by name, and what they take of the vessel's disk, in bytes."""

    files: tuple[FileInfo, ...]
    used_bytes: Count
    disk_bytes: Count


class LogPart(msgspec.Struct, frozen=True, array_like=True, tag="log"):
    """A piece of a log.

    Args:
        start: Offset of its first byte: more than was asked for when older bytes are gone
            (a gap).
        end: Where the log ends now; offsets never repeat, not even after a reset.
        clock: What the node's clock shows as it answers, seconds since 1970: only for
            reading `marks`, nothing is decided by it.
        marks: When the bytes came: those from an offset on, until the next mark, at a time
            by the node's clock. Nobody knows when bytes before the first mark came.
    """

    start: Count
    data: bytes
    end: Count
    clock: Moment = 0.0
    marks: tuple[tuple[Count, Moment], ...] = ()


class LogPiece(msgspec.Struct, frozen=True, array_like=True):
    """One frame of followed logs.

    Args:
        more: Whether the node has more to send at once, of any of the vessels.
        over: Whether nothing follows for this vessel: no program runs and all was sent, or
            `failed` says why.
    """

    vessel: VesselName
    part: LogPart
    more: bool = False
    over: bool = False
    failed: Failed | None = None


class Streams(msgspec.Struct, frozen=True, array_like=True, tag="streams"):
    """A body follows in frames, then a `StreamEnd`. `size` is -1 when nobody knows it yet."""

    size: int = -1


class Divided(msgspec.Struct, frozen=True, array_like=True, tag="divided"):
    """The new vessels of a split: one for each part in the order asked for, and the rest."""

    requested: tuple[VesselName, ...]
    leftover: VesselName


class United(msgspec.Struct, frozen=True, array_like=True, tag="united"):
    """The new vessel of a join."""

    vessel: VesselName


class Results(msgspec.Struct, frozen=True, array_like=True, tag="results"):
    """What came of each command of a batch, in its order."""

    results: tuple[Done | Vessels | Failed, ...]


Result = Results | Done | Divided | United | Vessels | Files | LogPart | Streams | Failed


class StreamEnd(msgspec.Struct, frozen=True, array_like=True, tag="end"):
    """What was sent after a `Streams`: count and digest of all frames' bytes, and why it ended.

    Travels in an envelope of the purpose STREAM_END that answers the same request.
    """

    size: int
    body_digest: Digest
    failed: Failed | None = None


result_door: Door[Result] = Door(Result, MAX_REPLY_BYTES, "result")
stream_end_door: Door[StreamEnd] = Door(StreamEnd, MAX_HELLO_BYTES, "stream's end")
log_piece_door: Door[LogPiece] = Door(LogPiece, STREAM_FRAME_BYTES, "piece of log")
