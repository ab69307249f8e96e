"""What node manager, zygote and keeper tell one another, and how it is framed.

Node manager and keeper speak over a Unix stream socket in the vessel's folder; each message
is a 4-byte big-endian length and msgpack. Node manager and zygote speak over a socket pair
that keeps message borders. Both sides belong to one user and one version at a time; a keeper
that outlived an update of the software is told apart by `PROTOCOL`.
"""

import struct

import msgspec

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.vessel.status import VesselStatus

PROTOCOL = 1
"""Raised when a message below changes its meaning."""

MAX_FRAME = 1024 * 1024
"""Bytes of one message: a launch with every port and argument fits, some layers beside it."""

_LENGTH = struct.Struct(">I")


class NetworkRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the donor says about the network of all vessels here."""

    testbed: bool = False
    """`getmyip` gives a loopback address: for many nodes on one machine."""
    bind: str = ""
    """Address literal that the node listens at; empty or unspecified: all of them."""
    allow_private: bool = False
    """Vessels may talk to private addresses (10/8, 172.16/12, 192.168/16, 100.64/10,
    fc00::/7)."""


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a keeper needs to run one program once."""

    vessel_id: str
    run_id: str
    state_dir: str
    """Absolute; holds log, status, lock and control socket."""
    files_dir: str
    """Absolute; what the program sees as its files."""
    sum_path: str = ""
    """Where the sum of file sizes is kept; beside `files_dir` when empty."""
    program: str
    """Name for people and tracebacks; a file of `files_dir` unless `program_path` says
    where."""
    program_path: str = ""
    arguments: tuple[str, ...] = ()
    layers: tuple[tuple[str, bytes], ...] = ()
    """Security layers between program and calls, name and text; the first stands lowest."""
    restrictions: str
    rules: NetworkRules = NetworkRules()
    unattended_s: float = 600.0
    """Seconds without a node manager after which the keeper ends its vessel."""
    accept_weak: bool = False
    """The donor accepts in words that needed layers of containment are missing."""
    language: bool = True
    """False only for tests: run plain Python inside every other layer."""
    without: tuple[str, ...] = ()
    """Layers left out, for tests only."""


class Hello(msgspec.Struct, frozen=True, tag=True):
    """Keeper → manager, first on every connection."""

    protocol: int
    pid: int
    status: VesselStatus


class Changed(msgspec.Struct, frozen=True, tag=True):
    """Keeper → manager: the state changed, or the answer to `Ask`."""

    status: VesselStatus


class LogGrew(msgspec.Struct, frozen=True, tag=True):
    """Keeper → manager: the answer to `WatchLog`."""

    end: int


class Stop(msgspec.Struct, frozen=True, tag=True):
    """Manager → keeper: end the vessel now."""

    by: str


class Pause(msgspec.Struct, frozen=True, tag=True):
    """Manager → keeper: hold the vessel still, or let it go on."""

    paused: bool


class Ask(msgspec.Struct, frozen=True, tag=True):
    """Manager → keeper: say how things are."""


class WatchLog(msgspec.Struct, frozen=True, tag=True):
    """Manager → keeper: tell me once when the log ends after `beyond`."""

    beyond: int


FromKeeper = Hello | Changed | LogGrew
ToKeeper = Stop | Pause | Ask | WatchLog

_encoder = msgspec.msgpack.Encoder()
_from_keeper: msgspec.msgpack.Decoder[FromKeeper] = msgspec.msgpack.Decoder(FromKeeper)
_to_keeper: msgspec.msgpack.Decoder[ToKeeper] = msgspec.msgpack.Decoder(ToKeeper)
_launch = msgspec.msgpack.Decoder(Launch)


def encode_launch(launch: Launch) -> bytes:
    """The message that asks a zygote for a keeper."""
    return _encoder.encode(launch)


def decode_launch(data: bytes) -> Launch:
    """Read what `encode_launch` wrote."""
    return _launch.decode(data)


def frame(message: FromKeeper | ToKeeper) -> bytes:
    """A message with its length in front."""
    body = _encoder.encode(message)
    return _LENGTH.pack(len(body)) + body


class Frames:
    """Bytes of a stream in, whole messages out."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that `data` completes.

        Raises:
            MalformedMessage: A length above `MAX_FRAME`.
        """
        self._buffer += data
        out = []
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > MAX_FRAME:
                raise MalformedMessage(f"a message of {length} bytes, limit {MAX_FRAME}")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                break
            out.append(bytes(self._buffer[_LENGTH.size : end]))
            del self._buffer[:end]
        return out


def decode_from_keeper(data: bytes) -> FromKeeper:
    """Read one message of a keeper.

    Raises:
        MalformedMessage: Of another shape: a keeper of another version.
    """
    try:
        return _from_keeper.decode(data)
    except ValueError as error:  # bad UTF-8 is no DecodeError of msgspec's
        raise MalformedMessage(str(error)) from error


def decode_to_keeper(data: bytes) -> ToKeeper:
    """Read one message of a node manager.

    Raises:
        MalformedMessage: Of another shape.
    """
    try:
        return _to_keeper.decode(data)
    except ValueError as error:  # bad UTF-8 is no DecodeError of msgspec's
        raise MalformedMessage(str(error)) from error
