"""Where untrusted bytes become messages."""

from typing import Generic, TypeVar

import msgspec

from seattle_p2p.errors import MalformedMessage

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
