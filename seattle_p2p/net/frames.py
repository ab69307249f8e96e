"""WebSocket frames (RFC 6455, section 5) as a client writes and reads them. No sockets here."""

import os
import struct
from collections.abc import Iterator

from seattle_p2p.errors import MalformedMessage

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
MAX_CONTROL_BYTES = 125
_LAST, _MASKED = 0x80, 0x80
_SHORT, _LONG = 126, 127
_SHORT_LENGTH, _LONG_LENGTH = struct.Struct("!H"), struct.Struct("!Q")


def encode_frame(kind: int, data: bytes) -> bytes:
    """One whole message in one frame, masked as a client must."""
    size = len(data)
    if size < _SHORT:
        head = bytes((_LAST | kind, _MASKED | size))
    elif size < 1 << 16:
        head = bytes((_LAST | kind, _MASKED | _SHORT)) + _SHORT_LENGTH.pack(size)
    else:
        head = bytes((_LAST | kind, _MASKED | _LONG)) + _LONG_LENGTH.pack(size)
    mask = os.urandom(4)
    pattern = (mask * (size // 4 + 1))[:size]
    masked = int.from_bytes(data) ^ int.from_bytes(pattern)
    return b"".join((head, mask, masked.to_bytes(size)))


class FrameReader:
    """Makes messages of octets that come in any pieces.

    Args:
        limit: Longest message, in bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()
        self._begun: bytearray | None = None

    def feed(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Kind and content of the binary messages and control frames that are whole now.

        Raises:
            MalformedMessage: a server may not send this; nothing can be read after it.
        """
        self._buffer += data
        while (frame := self._next_frame()) is not None:
            kind, last, content = frame
            if kind >= CLOSE:
                yield kind, content
                continue
            if (kind == CONTINUATION) != (self._begun is not None):
                raise MalformedMessage("a message came into the middle of another")
            if last and self._begun is None:
                yield BINARY, content
                continue
            self._begun = self._begun or bytearray()
            self._begun += content
            if len(self._begun) > self._limit:
                raise _too_long(len(self._begun))
            if last:
                yield BINARY, bytes(self._begun)
                self._begun = None

    def _next_frame(self) -> tuple[int, bool, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        kind, size, begin = buffer[0] & ~_LAST, buffer[1], 2
        last = bool(buffer[0] & _LAST)
        if kind not in (CONTINUATION, BINARY, CLOSE, PING, PONG):
            raise MalformedMessage(f"a conversation holds no frames of kind {kind}")
        if kind >= CLOSE and (size > MAX_CONTROL_BYTES or not last):
            raise MalformedMessage("a control frame is whole and short")
        if size in (_SHORT, _LONG):
            length = _SHORT_LENGTH if size == _SHORT else _LONG_LENGTH
            begin += length.size
            if len(buffer) < begin:
                return None
            (size,) = length.unpack_from(buffer, 2)
        elif size > _LONG:
            raise MalformedMessage("a server's frames are not masked")
        if size > self._limit:
            raise _too_long(size)
        if len(buffer) < begin + size:
            return None
        content = bytes(buffer[begin : begin + size])
        del buffer[: begin + size]
        return kind, last, content


def _too_long(size: int) -> MalformedMessage:
    return MalformedMessage(f"a message of {size} bytes or more is longer than any there is")
