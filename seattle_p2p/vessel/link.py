"""The jailed end of the socket pair: many threads ask, each gets its own answer.

There is no reading thread. Of the threads that wait, one reads for all: it hands others'
answers to them and, having got its own, passes the reading on. So one thread alone costs no
switch.
"""

import _thread
import socket

from seattle_p2p.vessel.requests import (
    MAX_MESSAGE,
    Answer,
    Failure,
    Request,
    decode_reply,
    encode,
)

_HEADROOM = 20
"""Frames that a call needs, with some to spare."""


class Link:
    """Requests out, answers in.

    Args:
        channel: Blocking, with message borders.
    """

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._buffer = bytearray(MAX_MESSAGE)  # made now: later there may be no memory for it
        self._mutex = _thread.allocate_lock()
        self._last = 0
        self._someone_reads = False
        self._waiting: dict[int, _thread.LockType] = {}
        self._answers: dict[int, Answer | Failure] = {}

    def number(self) -> int:
        """A number for the next request."""
        with self._mutex:
            self._last += 1
            return self._last

    def tell(self, request: Request) -> None:
        """Send what is not answered."""
        self._channel.send(encode(request))

    def ask(self, request: Request) -> Answer | Failure:
        """Send, and wait for the answer."""
        _require_headroom(_HEADROOM)
        own = request.number
        packet = encode(request)  # before anything changes: it may fail
        gate = None
        with self._mutex:
            if self._someone_reads:
                gate = _thread.allocate_lock()
                gate.acquire()
                self._waiting[own] = gate
            else:
                self._someone_reads = True
        self._channel.send(packet)
        if gate is not None:
            gate.acquire()
            with self._mutex:
                if own in self._answers:
                    return self._answers.pop(own)
        return self._read_for_all(own)

    def _read_for_all(self, own: int) -> Answer | Failure:
        """Hand out answers until our own comes, then let somebody else read."""
        while True:
            try:
                size = self._channel.recv_into(self._buffer)
                reply = decode_reply(memoryview(self._buffer)[:size])
            except BaseException:
                self._pass_reading_on()
                raise
            with self._mutex:
                if reply.number != own:
                    gate = self._waiting.pop(reply.number, None)
                    if gate is not None:
                        self._answers[reply.number] = reply
                        gate.release()
                    continue
            self._pass_reading_on()
            return reply

    def _pass_reading_on(self) -> None:
        """Wake one of those that wait, to read for all; or nobody reads any more."""
        with self._mutex:
            if self._waiting:
                _, gate = self._waiting.popitem()
                gate.release()
            else:
                self._someone_reads = False


def _require_headroom(frames: int) -> None:
    """Fail now, before anything is changed, where the stack would not hold a whole call.

    Raises:
        RecursionError: The program is that close to the limit.
    """
    if frames:
        _require_headroom(frames - 1)
