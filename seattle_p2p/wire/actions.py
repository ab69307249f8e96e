"""What can be asked of a node manager: one class for each action.

Who may ask is in `manager/authorise.py`; what comes back in `results.py`.
"""

from typing import Annotated

import msgspec

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.wire.fields import (
    Argument,
    CommandId,
    Count,
    Digest,
    FileName,
    Key,
    VesselName,
)
from seattle_p2p.wire.limits import (
    MAX_ARGUMENTS,
    MAX_BATCH,
    MAX_FOLLOWED,
    MAX_LAYERS,
    MAX_LOG_READ,
    MAX_OWNER_INFORMATION,
    MAX_PARTS,
    MAX_RESTRICTIONS,
    MAX_USERS,
)


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
_encoder = msgspec.msgpack.Encoder()


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
