"""What commands on vessels print, and what stands in each vessel's entry."""

from typing import Annotated, Generic, Literal, TypeVar

import msgspec
from msgspec import Meta

T = TypeVar("T")

VesselName = Annotated[
    str, Meta(description="NODE:ID, the first characters of the node's key and its id there")
]
Number = Annotated[int, Meta(description="Its number in this account's list, for ever")]
Code = Annotated[str, Meta(description="Never changes its meaning; see `errors.py`")]
Message = Annotated[str, Meta(description="One sentence for people")]
Hint = Annotated[str, Meta(description="What to do next; may be empty")]
State = Annotated[
    Literal["fresh", "started", "paused", "stopped", "ended"],
    Meta(description="How the vessel is"),
]
Cause = Annotated[
    str,
    Meta(
        description="Why the last run ended, a word: empty while it runs or never ran; done,"
        " error, refused, memory, disk, threads, crash, protocol, stopped, unattended, lost,"
        " weak, internal"
    ),
]
Key = Annotated[str, Meta(description="A public key, 56 characters")]
Line = Annotated[int, Meta(description="Line of the program at fault, or 0")]
Restrictions = Annotated[str, Meta(description="Lines `resource NAME AMOUNT`")]
Used = Annotated[
    dict[str, float],
    Meta(description="By resource: cpu_s (seconds in all), memory, diskused, events"),
]


class Problem(msgspec.Struct, frozen=True):
    """Why something failed."""

    code: Code
    message: Message
    hint: Hint


class ErrorDocument(msgspec.Struct, frozen=True):
    """Whatever ends a command before it could do anything; any command may print it."""

    error: Problem


class VesselEntry(msgspec.Struct, frozen=True):
    """A vessel where it worked, and nothing more to say of it."""

    vessel: VesselName
    number: Number


class FailedVessel(msgspec.Struct, frozen=True):
    """A vessel where it did not."""

    vessel: VesselName
    number: Number
    code: Code
    message: Message
    hint: Hint


class Reason(msgspec.Struct, frozen=True):
    """One way to fail, and all vessels that it hit."""

    code: Code
    message: Message
    hint: Hint
    vessels: list[VesselName]


class Many(msgspec.Struct, Generic[T], frozen=True):
    """What came of a command on many vessels: partial failure is a result like any other."""

    command: Annotated[str, Meta(description="The command's own name")]
    ok: list[T]
    failed: list[FailedVessel]
    reasons: Annotated[list[Reason], Meta(description="The commonest first")]


class StateEntry(VesselEntry, frozen=True):
    """How a vessel is."""

    role: Annotated[Literal["owner", "user"], Meta(description="What this key is to it")]
    state: State
    cause: Cause
    text: Annotated[str, Meta(description="The cause in words")]
    line: Line
    run: Annotated[str, Meta(description="Id of the last run, empty if there was none")]
    program: str
    arguments: list[str]
    for_s: Annotated[float, Meta(description="Seconds since the state began; -1 if unknown")]
    log_start: Annotated[int, Meta(description="First byte of the log that is still there")]
    log_end: Annotated[int, Meta(description="Bytes ever logged")]
    restrictions: Restrictions
    used: Used


class PeopleEntry(VesselEntry, frozen=True):
    """Whose a vessel is."""

    owner: Key
    users: Annotated[list[Key], Meta(description="Told to the owner only")]
    information: Annotated[str, Meta(description="The owner's label")]
    advertise: Annotated[bool, Meta(description="Whether browsing finds it")]
    keep_running: Annotated[bool, Meta(description="Whether programs are started again")]
    security_layers: Annotated[list[str], Meta(description="Above which programs run")]


class InfoEntry(StateEntry, frozen=True):
    """All that is known of a vessel."""

    owner: Key
    users: Annotated[list[Key], Meta(description="Told to the owner only")]
    information: Annotated[str, Meta(description="The owner's label")]
    advertise: Annotated[bool, Meta(description="Whether browsing finds it")]
    keep_running: Annotated[bool, Meta(description="Whether programs are started again")]
    security_layers: Annotated[list[str], Meta(description="Above which programs run")]


class DownloadEntry(VesselEntry, frozen=True):
    """A file that was fetched."""

    path: Annotated[str, Meta(description="Where it is here")]
    size: Annotated[int, Meta(description="Bytes")]


class PathEntry(VesselEntry, frozen=True):
    """A file that was fetched."""

    path: Annotated[str, Meta(description="Where it is here")]


class CollectEntry(VesselEntry, frozen=True):
    """All files that were fetched of a vessel."""

    paths: Annotated[list[str], Meta(description="Where they are here")]


class File(msgspec.Struct, frozen=True):
    """A file in a vessel."""

    name: str
    size: Annotated[int, Meta(description="Bytes")]


class FilesEntry(VesselEntry, frozen=True):
    """The files of a vessel."""

    files: list[File]
    used_bytes: Annotated[int, Meta(description="Of the vessel's disk")]
    disk_bytes: Annotated[int, Meta(description="All of it")]


class StartEntry(VesselEntry, frozen=True):
    """A program that was started."""

    log_offset: Annotated[int, Meta(description="Where this run's log begins")]


class TextEntry(VesselEntry, frozen=True):
    """A text: a file, or a log."""

    text: str


class ResourcesEntry(VesselEntry, frozen=True):
    """What a vessel may use, and uses."""

    restrictions: Restrictions
    used: Used


class OffcutEntry(VesselEntry, frozen=True):
    """What one split costs; one entry for each machine."""

    offcut: Restrictions


class SplitEntry(VesselEntry, frozen=True):
    """What a vessel was cut into."""

    requested: Annotated[list[VesselName], Meta(description="One for each part asked for")]
    leftover: Annotated[VesselName, Meta(description="The rest")]


class JoinEntry(VesselEntry, frozen=True):
    """What vessels of one machine became; the entry is that of the first."""

    joined: VesselName


class BrowsedVessel(StateEntry, frozen=True):
    """A vessel that was found."""

    node: Key
    endpoints: Annotated[list[str], Meta(description="Where its node takes commands")]


class SilentNode(msgspec.Struct, frozen=True):
    """A machine that is alive and did not answer."""

    node: Key
    code: Code
    message: Message


class BrowseDocument(msgspec.Struct, frozen=True):
    """What browsing found."""

    network: str
    nodes: Annotated[int, Meta(description="Machines that advertise for this key and live")]
    vessels: list[BrowsedVessel]
    silent: list[SilentNode]
    missing: Annotated[list[VesselName], Meta(description="Known before, not found now")]
    warnings: list[str]


class _Event(msgspec.Struct, frozen=True, tag_field="event"):
    pass


class StartedEvent(_Event, frozen=True, tag="started"):
    """`run`: the program was started."""

    vessel: VesselName
    number: Number
    log_offset: Annotated[int, Meta(description="Where this run's log begins")]


class LineEvent(_Event, frozen=True, tag="line"):
    """One line of a log, without its end."""

    vessel: VesselName
    number: Number
    offset: Annotated[int, Meta(description="Of its first byte; never repeats")]
    text: str
    at: Annotated[
        float | None,
        Meta(
            description="When it came, seconds since 1970 by this machine's clock; null if"
            " nobody knows any more"
        ),
    ]


class GapEvent(_Event, frozen=True, tag="gap"):
    """Bytes of a log are gone: it keeps only the last of them."""

    vessel: VesselName
    number: Number
    offset: int
    size: Annotated[int, Meta(description="Bytes")]


class ClockEvent(_Event, frozen=True, tag="clock"):
    """How far a machine's clock differs from this one's; times of lines are corrected by it."""

    node: Key
    ahead_s: Annotated[float, Meta(description="Seconds; negative when it is behind")]
    within_s: Annotated[float, Meta(description="The true value is no further away")]


class EndedEvent(_Event, frozen=True, tag="ended"):
    """`run`: how the program ended."""

    vessel: VesselName
    number: Number
    state: State
    cause: Cause
    text: Annotated[str, Meta(description="The cause in words")]
    line: Line


class FailedEvent(_Event, frozen=True, tag="failed"):
    """Nothing more comes from there."""

    vessel: VesselName
    number: Number
    code: Code
    message: Message
    hint: Hint


class _Sight(_Event, frozen=True):
    vessel: VesselName
    number: Number
    state: Annotated[str, Meta(description="As in `list`; empty when it never answered")]
    cause: Cause
    program: str
    cpu: Annotated[float | None, Meta(description="Cores used since the look before")]
    memory: Annotated[int, Meta(description="Bytes used now")]
    last_line: Annotated[str, Meta(description="Of its log")]
    silent_s: Annotated[float, Meta(description="Seconds without an answer")]
    code: Annotated[str, Meta(description="Empty unless it is silent")]
    message: str


class SeenEvent(_Sight, frozen=True, tag="seen"):
    """`watch`: a vessel as it is."""


class SilentEvent(_Sight, frozen=True, tag="silent"):
    """`watch`: a vessel that does not answer, as it was last seen."""
