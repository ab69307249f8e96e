"""Commands to node managers, their results, and what frames them.

Everything is MessagePack. A message is an array whose first item names its kind, so that each
class below is one kind on the wire; fields are only ever added at the end. Signatures are the
envelope's business (`identity/envelope.py`); layouts and test vectors: docs/spec/commands.md.
"""

import hashlib
from typing import Annotated, Generic, TypeVar

import msgspec

from seattle_p2p.errors import MalformedMessage, SeattleError, from_wire
from seattle_p2p.identity.keys import KEY_BYTES, digest
from seattle_p2p.wire.limits import (
    MAX_ARGUMENT_BYTES,
    MAX_ARGUMENTS,
    MAX_BATCH,
    MAX_COMMAND_BYTES,
    MAX_FILE_NAME,
    MAX_FOLLOWED,
    MAX_HELLO_BYTES,
    MAX_LAYERS,
    MAX_LOG_READ,
    MAX_NETWORK_NAME,
    MAX_OWNER_INFORMATION,
    MAX_PARTS,
    MAX_REPLY_BYTES,
    MAX_RESTRICTIONS,
    MAX_USERS,
    STREAM_FRAME_BYTES,
)

PROTOCOL_VERSION = 1
COMMAND_ID_BYTES = 16
DIGEST_BYTES = 32

VesselName = Annotated[str, msgspec.Meta(pattern=r"^v[1-9][0-9]{0,14}\Z")]
FileName = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_FILE_NAME)]
Key = Annotated[bytes, msgspec.Meta(min_length=KEY_BYTES, max_length=KEY_BYTES)]
Digest = Annotated[bytes, msgspec.Meta(min_length=DIGEST_BYTES, max_length=DIGEST_BYTES)]
CommandId = Annotated[
    bytes, msgspec.Meta(min_length=COMMAND_ID_BYTES, max_length=COMMAND_ID_BYTES)
]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Argument = Annotated[str, msgspec.Meta(max_length=MAX_ARGUMENT_BYTES)]


# Before anything is signed


class Hello(msgspec.Struct, frozen=True, array_like=True, tag="hello"):
    """A client's first words on a connection: its version and its network."""

    version: Count
    network: Annotated[str, msgspec.Meta(max_length=MAX_NETWORK_NAME)]


class Welcome(msgspec.Struct, frozen=True, array_like=True, tag="welcome"):
    """What a stranger may know of a node.

    `challenge` is 16 fresh bytes for this connection, empty when nobody asked for one; `layers`
    names what stands between a program and the machine there.
    """

    version: Count
    network: Annotated[str, msgspec.Meta(max_length=MAX_NETWORK_NAME)]
    node: Key
    layers: Annotated[tuple[str, ...], msgspec.Meta(max_length=32)]
    challenge: Annotated[bytes, msgspec.Meta(max_length=16)] = b""


class Failed(msgspec.Struct, frozen=True, array_like=True, tag="failed"):
    """An error of `seattle_p2p.errors`, as code, text and next step."""

    code: str
    message: str
    hint: str = ""

    @property
    def error(self) -> SeattleError:
        """The same error, to be raised here."""
        return from_wire(self.code, self.message, self.hint)


def failed(error: SeattleError) -> Failed:
    """`error` for the wire."""
    return Failed(error.code, error.message, error.hint)


# What can be asked


class ListVessels(msgspec.Struct, frozen=True, array_like=True, tag="vessels"):
    """The vessels that the sender owns or uses. Result: `Vessels`."""


class Status(msgspec.Struct, frozen=True, array_like=True, tag="status"):
    """One vessel. Result: `Vessels` with that one."""

    vessel: VesselName


class Start(msgspec.Struct, frozen=True, array_like=True, tag="start"):
    """Run `program`, a file of the vessel. Result: `Done`; the command's id names the run."""

    vessel: VesselName
    program: FileName
    arguments: Annotated[tuple[Argument, ...], msgspec.Meta(max_length=MAX_ARGUMENTS)] = ()


class Stop(msgspec.Struct, frozen=True, array_like=True, tag="stop"):
    """End the program. Result: `Done`."""

    vessel: VesselName


class Reset(msgspec.Struct, frozen=True, array_like=True, tag="reset"):
    """End the program, remove files and log. Result: `Done`."""

    vessel: VesselName


class PutFile(msgspec.Struct, frozen=True, array_like=True, tag="put"):
    """Store the body, `size` bytes of `body_digest` (see `body_digest`), as `file`: `Done`."""

    vessel: VesselName
    file: FileName
    size: Count
    body_digest: Digest


class GetFile(msgspec.Struct, frozen=True, array_like=True, tag="get"):
    """A file's content. Result: `Streams`, then the content, then a `StreamEnd`."""

    vessel: VesselName
    file: FileName


class DeleteFile(msgspec.Struct, frozen=True, array_like=True, tag="delete"):
    """Remove a file. Result: `Done`."""

    vessel: VesselName
    file: FileName


class ListFiles(msgspec.Struct, frozen=True, array_like=True, tag="files"):
    """Names and sizes of the vessel's files. Result: `Files`."""

    vessel: VesselName


class LogFrom(msgspec.Struct, frozen=True, array_like=True):
    """Where in a vessel's log to begin.

    Args:
        offset: First byte wanted.
        since_s: Only what came within so many seconds until now, by the node's own clock;
            negative for all. The later of both counts.
    """

    vessel: VesselName
    offset: Count = 0
    since_s: float = -1.0


class ReadLog(msgspec.Struct, frozen=True, array_like=True, tag="log"):
    """Log from byte `offset` on, at most `limit` bytes; never waits. Result: `LogPart`.

    `since_s` is as in `LogFrom`.
    """

    vessel: VesselName
    offset: Count
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_LOG_READ)]
    since_s: float = -1.0


class FollowLogs(msgspec.Struct, frozen=True, array_like=True, tag="follow"):
    """Logs of several vessels as they grow, as one stream.

    Result: `Streams`, then one encoded `LogPiece` a frame. Of all that is there the node sends
    what came first; an empty piece now and then says that it is alive. Ends with a `StreamEnd`
    when it is over for each of the vessels.
    """

    logs: Annotated[tuple[LogFrom, ...], msgspec.Meta(min_length=1, max_length=MAX_FOLLOWED)]


class ChangeAdvertise(msgspec.Struct, frozen=True, array_like=True, tag="advertise"):
    """Owner only: whether the vessel is published under its people's keys. Result: `Done`."""

    vessel: VesselName
    advertise: bool


class ChangeUsers(msgspec.Struct, frozen=True, array_like=True, tag="users"):
    """Owner only: replace all users. Result: `Done`."""

    vessel: VesselName
    users: Annotated[tuple[Key, ...], msgspec.Meta(max_length=MAX_USERS)]


class ChangeInformation(msgspec.Struct, frozen=True, array_like=True, tag="information"):
    """Owner only: replace the owner's label, one line. Result: `Done`."""

    vessel: VesselName
    information: Annotated[str, msgspec.Meta(max_length=MAX_OWNER_INFORMATION)]


class ChangeOwner(msgspec.Struct, frozen=True, array_like=True, tag="owner"):
    """Owner only: hand the vessel over; users go too unless `keep_users`. Result: `Done`."""

    vessel: VesselName
    owner: Key
    keep_users: bool = False


class Split(msgspec.Struct, frozen=True, array_like=True, tag="split"):
    """Owner only: cut vessels out of one, which is no more. Result: `Divided`.

    Each of `parts` is the restrictions text of a new vessel. The leftover is one more, and each
    cut costs the node's offcut. A program that runs is ended when `stop` is set, otherwise the
    split is refused.
    """

    vessel: VesselName
    parts: Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=MAX_RESTRICTIONS)], ...],
        msgspec.Meta(min_length=1, max_length=MAX_PARTS - 1),
    ]
    stop: bool = False


class Join(msgspec.Struct, frozen=True, array_like=True, tag="join"):
    """Owner only: make one vessel of several, which are no more. Result: `United`.

    Users, label and advertising come from the first.
    """

    vessels: Annotated[tuple[VesselName, ...], msgspec.Meta(min_length=2, max_length=MAX_PARTS)]
    stop: bool = False


class ChangeKeepRunning(msgspec.Struct, frozen=True, array_like=True, tag="keep"):
    """Whether the program is started again when it ends by no one's wish. Result: `Done`."""

    vessel: VesselName
    keep_running: bool


class Layer(msgspec.Struct, frozen=True, array_like=True):
    """A security layer: what it is called, and the vessel's file that holds its text.

    `body_digest` is that text's: whoever else writes files there cannot change what is meant.
    """

    name: FileName
    file: FileName
    body_digest: Digest


class ChangeLayers(msgspec.Struct, frozen=True, array_like=True, tag="layers"):
    """Owner only: what stands between every program and its calls, lowest first: `Done`.

    The texts are copied, so that the files may go. A program that runs keeps what it has; every
    later start, by whomever, is above the new ones. None takes them all away.
    """

    vessel: VesselName
    layers: Annotated[tuple[Layer, ...], msgspec.Meta(max_length=MAX_LAYERS)]


Batchable = (
    Status
    | Start
    | Stop
    | Reset
    | PutFile
    | DeleteFile
    | ChangeAdvertise
    | ChangeUsers
    | ChangeInformation
    | ChangeOwner
    | ChangeKeepRunning
    | ChangeLayers
)
"""What may stand in a `Batch`: short answers, and nothing about several vessels."""


class Item(msgspec.Struct, frozen=True, array_like=True):
    """One command of a batch, under an id of its own."""

    id: CommandId
    action: Batchable


class Batch(msgspec.Struct, frozen=True, array_like=True, tag="batch"):
    """Several commands that do not wait for each other. Result: `Results`.

    Each is permitted or refused, done and remembered by itself, under its own id; the batch's
    own id means nothing. All its `PutFile` promise the same body, which is sent once.
    """

    items: Annotated[tuple[Item, ...], msgspec.Meta(min_length=1, max_length=MAX_BATCH)]


Action = (
    ListVessels
    | Status
    | Start
    | Stop
    | Reset
    | PutFile
    | GetFile
    | DeleteFile
    | ListFiles
    | ReadLog
    | FollowLogs
    | ChangeAdvertise
    | ChangeUsers
    | ChangeInformation
    | ChangeOwner
    | Split
    | Join
    | ChangeKeepRunning
    | Batch
    | ChangeLayers
)


class Command(msgspec.Struct, frozen=True, array_like=True):
    """What is signed: an action under a random id that stays the same when it is sent again."""

    id: CommandId
    action: Action


# What comes back


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

    name: str
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
    for_s: float
    log_start: int
    log_end: int
    restrictions: str
    used: dict[str, float]
    keep_running: bool = False
    security_layers: tuple[str, ...] = ()


class Vessels(msgspec.Struct, frozen=True, array_like=True, tag="vessels"):
    """Vessels, by number; `offcut` is the restrictions text of what one split costs there."""

    vessels: tuple[VesselInfo, ...]
    offcut: str = ""


class FileInfo(msgspec.Struct, frozen=True, array_like=True):
    """One file of a vessel."""

    name: str
    size: int


class Files(msgspec.Struct, frozen=True, array_like=True, tag="files"):
    """Files by name, and what they take of the vessel's disk, in bytes."""

    files: tuple[FileInfo, ...]
    used_bytes: int
    disk_bytes: int


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

    start: int
    data: bytes
    end: int
    clock: float = 0.0
    marks: tuple[tuple[int, float], ...] = ()


class LogPiece(msgspec.Struct, frozen=True, array_like=True):
    """One frame of followed logs.

    Args:
        more: Whether the node has more to send at once, of any of the vessels.
        over: Whether nothing follows for this vessel: no program runs and all was sent, or
            `failed` says why.
    """

    vessel: str
    part: LogPart
    more: bool = False
    over: bool = False
    failed: Failed | None = None


class Streams(msgspec.Struct, frozen=True, array_like=True, tag="streams"):
    """A body follows in frames, then a `StreamEnd`. `size` is -1 when nobody knows it yet."""

    size: int = -1


class Divided(msgspec.Struct, frozen=True, array_like=True, tag="divided"):
    """The new vessels of a split: one for each part in the order asked for, and the rest."""

    requested: tuple[str, ...]
    leftover: str


class United(msgspec.Struct, frozen=True, array_like=True, tag="united"):
    """The new vessel of a join."""

    vessel: str


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


T = TypeVar("T")


class Door(Generic[T]):
    """The door for untrusted bytes of one kind: size first, then shape, one error out."""

    def __init__(self, kind: object, limit: int, what: str) -> None:
        self._decoder: msgspec.msgpack.Decoder[T] = msgspec.msgpack.Decoder(kind)
        self._limit = limit
        self._what = what

    def decode(self, data: bytes) -> T:
        """Read one message.

        Raises:
            MalformedMessage: too long, or of another shape.
        """
        if len(data) > self._limit:
            raise MalformedMessage(f"{self._what} of {len(data)} bytes, limit {self._limit}")
        try:
            return self._decoder.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError) as reason:
            raise MalformedMessage(f"not a {self._what}: {reason}") from reason


hello_door: Door[Hello] = Door(Hello, MAX_HELLO_BYTES, "hello")
welcome_door: Door[Welcome | Failed] = Door(Welcome | Failed, MAX_HELLO_BYTES, "welcome")
command_door: Door[Command] = Door(Command, MAX_COMMAND_BYTES, "command")
result_door: Door[Result] = Door(Result, MAX_REPLY_BYTES, "result")
stream_end_door: Door[StreamEnd] = Door(StreamEnd, MAX_HELLO_BYTES, "stream's end")
log_piece_door: Door[LogPiece] = Door(LogPiece, STREAM_FRAME_BYTES, "piece of log")

_encoder = msgspec.msgpack.Encoder()


def encode(message: Hello | Welcome | Command | Result | StreamEnd | LogPiece) -> bytes:
    """The bytes of any message of this module."""
    return _encoder.encode(message)


def encode_action(action: Action) -> bytes:
    """An action alone, as the ledger keeps it."""
    return _encoder.encode(action)


_action_decoder: msgspec.msgpack.Decoder[Action] = msgspec.msgpack.Decoder(Action)


def decode_action(data: bytes) -> Action:
    """What `encode_action` wrote.

    Raises:
        MalformedMessage: anything else.
    """
    try:
        return _action_decoder.decode(data)
    except msgspec.MsgspecError as reason:
        raise MalformedMessage(f"not an action: {reason}") from reason


class BodyDigest:
    """Counts and digests a body that is never held as a whole."""

    def __init__(self) -> None:
        self.size = 0
        self._hash = hashlib.blake2b(digest_size=DIGEST_BYTES, person=b"body")

    def add(self, data: bytes) -> None:
        """Take in the next piece."""
        self.size += len(data)
        self._hash.update(data)

    @property
    def value(self) -> bytes:
        """Digest of all pieces so far, 32 bytes."""
        return self._hash.digest()


def command_digest(sender: bytes, command: Command) -> bytes:
    """32 bytes that stand for what `sender` asked, whatever connection it came over."""
    return digest(sender + encode(command), label=b"command")


def vessels_of(action: Action) -> tuple[str, ...]:
    """Names of the vessels that an action is about."""
    match action:
        case ListVessels():
            return ()
        case Join(vessels):
            return vessels
        case Batch(items):
            return tuple(item.action.vessel for item in items)
        case FollowLogs(logs):
            return tuple(log.vessel for log in logs)
    return (action.vessel,)


def word(action: Action) -> str:
    """The action's name, as on the wire."""
    tag = type(action).__struct_config__.tag
    assert isinstance(tag, str)
    return tag
