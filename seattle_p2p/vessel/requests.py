"""What a program's process asks of its broker, one class per call, and what it is answered.

Each message is one packet on the socket pair, msgpack with fields in order. The broker treats
what arrives as hostile: it is decoded into exactly these shapes or the program is ended;
sizes, names, addresses and handles are checked where the call is carried out. `number` tells
the answers of one process's threads apart.
"""

import msgspec

from seattle_p2p.errors import MalformedMessage

PIECE = 128 * 1024
"""Most bytes of data in one message; longer reads, writes and texts go in pieces."""

MAX_MESSAGE = PIECE + 4096
"""Most bytes of one packet."""


class Request(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """Any of the messages below."""

    number: int


class Ready(Request, frozen=True):
    """The jail is closed: which layers hold. Answered with a `Job`'s fields."""

    layers: list[str]


class Fetch(Request, frozen=True):
    """What a `Job` is about from an offset on, at most a piece. Answered with bytes."""

    offset: int


class Begun(Request, frozen=True):
    """The program's text is accepted, its first line comes next. Answered with None."""


class Ended(Request, frozen=True):
    """The program is over; not answered: the process is ended."""

    cause: str
    """One of done, error, refused, memory."""
    line: int
    summary: str
    """One sentence for the status."""
    details: str
    """For the log; empty when there is nothing to say."""


class Log(Request, frozen=True):
    """Add to the log; at most a piece."""

    data: bytes


class MyIp(Request, frozen=True):
    """The address others see. Answered with text."""


class LookUp(Request, frozen=True):
    """A name's address. Answered with text."""

    name: str


class OpenFile(Request, frozen=True):
    """Answered with the file's handle."""

    name: str
    create: bool


class ReadAt(Request, frozen=True):
    """At most `size` bytes from `offset`. Answered with bytes."""

    handle: int
    size: int
    offset: int


class WriteAt(Request, frozen=True):
    """Answered with None."""

    handle: int
    data: bytes
    offset: int


class CloseFile(Request, frozen=True):
    """Answered with None."""

    handle: int


class ListFiles(Request, frozen=True):
    """Answered with the names."""


class RemoveFile(Request, frozen=True):
    """Answered with None."""

    name: str


class SendMessage(Request, frozen=True):
    """One datagram. Answered with the number of bytes sent."""

    host: str
    port: int
    data: bytes
    local_host: str
    local_port: int


class ListenMessage(Request, frozen=True):
    """Answered with the UDP server's handle."""

    host: str
    port: int


class GetMessage(Request, frozen=True):
    """Answered with host, port and bytes of the next datagram."""

    handle: int


class CloseServer(Request, frozen=True):
    """A UDP server. Answered with True the first time."""

    handle: int


class OpenConnection(Request, frozen=True):
    """Answered with the socket's handle."""

    host: str
    port: int
    local_host: str
    local_port: int
    timeout_s: float


class ListenConnection(Request, frozen=True):
    """Answered with the TCP server's handle."""

    host: str
    port: int


class CloseTcpServer(Request, frozen=True):
    """Answered with True the first time."""

    handle: int


class GetConnection(Request, frozen=True):
    """Answered with host, port and the socket's handle."""

    handle: int


class Send(Request, frozen=True):
    """Answered with the number of bytes accepted."""

    handle: int
    data: bytes


class Receive(Request, frozen=True):
    """Answered with 1 to `size` bytes."""

    handle: int
    size: int


class CloseSocket(Request, frozen=True):
    """Answered with True the first time."""

    handle: int


class StartThread(Request, frozen=True):
    """May one more thread be started? Answered with None."""


class EndThread(Request, frozen=True):
    """A thread is over. Answered with None."""


class RandomBytes(Request, frozen=True):
    """Answered with 1024 bytes."""


class GetResources(Request, frozen=True):
    """Answered with limits, usage and the latest times of being held still."""


AnyRequest = (
    Ready
    | Fetch
    | Begun
    | Ended
    | Log
    | MyIp
    | LookUp
    | OpenFile
    | ReadAt
    | WriteAt
    | CloseFile
    | ListFiles
    | RemoveFile
    | SendMessage
    | ListenMessage
    | GetMessage
    | CloseServer
    | OpenConnection
    | ListenConnection
    | CloseTcpServer
    | GetConnection
    | Send
    | Receive
    | CloseSocket
    | StartThread
    | EndThread
    | RandomBytes
    | GetResources
)


class Answer(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The call went well."""

    number: int
    value: object


class Failure(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """The call ends with one of Repy's exceptions."""

    number: int
    kind: str
    text: str


class Job(msgspec.Struct, frozen=True, array_like=True):
    """What the jailed process is to do."""

    program: str
    size: int
    arguments: list[str]
    language: bool
    layers: list[tuple[str, int]]
    """Name and size of each security layer; their texts follow the program's."""


_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[AnyRequest] = msgspec.msgpack.Decoder(AnyRequest)
_replies: msgspec.msgpack.Decoder[Answer | Failure] = msgspec.msgpack.Decoder(Answer | Failure)


def encode(message: Request | Answer | Failure) -> bytes:
    """One packet."""
    return _encoder.encode(message)


def decode_request(data: bytes) -> AnyRequest:
    """Read what a program's process sent.

    Raises:
        MalformedMessage: Anything but one of the messages above.
    """
    try:
        return _requests.decode(data)
    except (ValueError, RecursionError) as error:  # bad UTF-8 is no DecodeError of msgspec's
        raise MalformedMessage(str(error)) from error


def decode_reply(data: bytes | memoryview) -> Answer | Failure:
    """Read what the broker answered."""
    return _replies.decode(data)
