"""What a program's process may send: exactly the known shapes, or nothing."""

import contextlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.vessel import requests as asks

EVERY = [
    asks.Ready(1, ["seccomp"]),
    asks.Log(2, b"x"),
    asks.OpenFile(3, "a", True),
    asks.ReadAt(4, 1, 10, 0),
    asks.WriteAt(5, 1, b"data", 0),
    asks.SendMessage(6, "1.2.3.4", 80, b"x", "1.2.3.5", 63100),
    asks.GetResources(7),
    asks.Ended(8, "done", 0, "", ""),
]


@pytest.mark.parametrize("request_", EVERY, ids=lambda r: type(r).__name__)
def test_a_request_comes_back_as_it_was(request_):
    assert asks.decode_request(asks.encode(request_)) == request_


@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_decode_error(data):
    with contextlib.suppress(MalformedMessage):
        asks.decode_request(data)


def test_changed_requests_are_requests_or_decode_errors():
    rng = random.Random(5)
    for _ in range(20_000):
        data = bytearray(asks.encode(rng.choice(EVERY)))
        for _ in range(rng.randrange(1, 4)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        with contextlib.suppress(MalformedMessage):
            asks.decode_request(bytes(data))


def test_answers_come_back_as_they_were():
    for reply in (asks.Answer(1, [1, "a", b"b"]), asks.Failure(2, "FileError", "no")):
        assert asks.decode_reply(asks.encode(reply)) == reply
