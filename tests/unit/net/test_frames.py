"""Frames a client writes and reads; `test_websocket` shows that aiohttp understands them."""

import contextlib
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.net.frames import BINARY, CLOSE, PING, PONG, FrameReader, encode_frame


def frame(first: int, data: bytes, *, masked: bool = False) -> bytes:
    """A server's frame, sizes written the short way."""
    size = len(data)
    assert size < 65_536
    head = bytes((first, size)) if size < 126 else bytes((first, 126)) + size.to_bytes(2)
    return bytes((head[0], head[1] | 0x80)) + head[2:] + data if masked else head + data


def read(pieces: Iterable[bytes], *, limit: int = 100_000) -> list[tuple[int, bytes]]:
    reader = FrameReader(limit)
    return [message for piece in pieces for message in reader.feed(piece)]


@given(
    st.lists(st.tuples(st.sampled_from([BINARY, PING, PONG, CLOSE]), st.binary(max_size=300))),
    st.lists(st.integers(1, 40), min_size=1),
)
def test_messages_come_whole_however_the_octets_are_cut(
    messages: list[tuple[int, bytes]], cuts: list[int]
) -> None:
    messages = [(kind, data if kind == BINARY else data[:125]) for kind, data in messages]
    octets = b"".join(frame(0x80 | kind, data) for kind, data in messages)
    pieces, at, turn = [], 0, 0
    while at < len(octets):
        pieces.append(octets[at : at + cuts[turn % len(cuts)]])
        at, turn = at + cuts[turn % len(cuts)], turn + 1

    assert read(pieces) == messages


def test_a_message_in_fragments_is_put_together_around_control_frames() -> None:
    octets = (
        frame(BINARY, b"") + frame(0, b"one ") + frame(0x80 | PING, b"?") + frame(0x80, b"two")
    )

    assert read([octets, frame(0x80 | BINARY, b"x")]) == [
        (PING, b"?"),
        (BINARY, b"one two"),
        (BINARY, b"x"),
    ]


@pytest.mark.parametrize(
    "octets",
    [
        frame(0x81, b"words"),
        frame(0x80, b"goes on with nothing"),
        frame(BINARY, b"begun") + frame(0x80 | BINARY, b"and another"),
        frame(0x80 | BINARY, b"masked", masked=True),
        frame(0xC0 | BINARY, b"an extension"),
        frame(0x83, b""),
        frame(0x8B, b""),
        frame(PING, b"in fragments"),
        frame(0x80 | PING, b"x" * 126),
        frame(0x80 | BINARY, b"x" * 1001),
        bytes((0x80 | BINARY, 127)) + (1 << 63).to_bytes(8),
        frame(BINARY, b"x" * 600) + frame(0x80, b"x" * 600),
    ],
)
def test_what_a_server_may_not_send_is_refused(octets: bytes) -> None:
    with pytest.raises(MalformedMessage):
        read([octets], limit=1000)


@given(st.binary())
def test_any_octets_are_messages_or_refused(octets: bytes) -> None:
    with contextlib.suppress(MalformedMessage):
        read([octets], limit=1000)


def test_frames_are_masked_with_what_nobody_can_foresee() -> None:
    assert len({encode_frame(BINARY, b"again") for _ in range(8)}) > 1
