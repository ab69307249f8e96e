"""Any bytes give a message or MalformedMessage; every message survives the wire."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import MalformedMessage, UsageError, VersionMismatch
from seattle_p2p.wire import datagrams
from seattle_p2p.wire.adverts import Record
from seattle_p2p.wire.codec import HEADER_BYTES, VERSION, WireCodec
from seattle_p2p.wire.datagrams import REPLIES, Message
from seattle_p2p.wire.limits import MAX_DATAGRAM_BYTES, MAX_SEALED_BYTES, OVERLAY_MAGIC

CODEC = WireCodec("seattle")
V4 = bytes.fromhex("047f0000011b9e")
RECORD = Record(b"s" * 32, b"n" * 20, 7, 3600, b"z" * 200, b"g" * 64)

EVERY_MESSAGE: list[Message] = [
    datagrams.Ping(1, b"t" * 8, b"a" * 20, True, bytes(24)),
    datagrams.Pong(1, b"", V4, False, b"b" * 20, True),
    datagrams.Introduce(2, b"t" * 8, b"k" * 32, True, V4, b"s" * 64),
    datagrams.Introduced(2, b"", V4, True, b"k" * 32, True, b"s" * 64),
    datagrams.Find(3, b"", b"a" * 20, False, 3, b"x" * 20, bytes(100)),
    datagrams.Found(3, b"t" * 8, V4, True, b"b" * 20, True, [b"p" * 20 + V4]),
    datagrams.Read(4, b"", b"x" * 20, 3, 0, 0, b"", b"", bytes(1152)),
    datagrams.Adverts(
        4, b"", V4, True, b"b" * 20, [b"p" * 20 + V4], 9, b"d" * 8, b"l" * 20, 0, [b"z"]
    ),
    datagrams.Store(5, b"t" * 8, b"k" * 32, b"s" * 64, 0, RECORD),
    datagrams.Withdraw(6, b"t" * 8, b"", b"", b"x" * 20, bytes(8)),
    datagrams.Stored(5, b"", V4, True, 0, 3600, 0),
    datagrams.Report(7, b"t" * 8, b"x" * 20, b"n" * 20),
    datagrams.Noted(7, b"", V4, False),
    datagrams.DialMe(8, b"t" * 8, bytes(40)),
    datagrams.Dialling(8, b"", V4, True, 3),
    datagrams.Dial(9, b"t" * 8, V4, 2**64 - 1, bytes(16)),
    datagrams.Knock(2**64 - 1, b""),
]


def classes(base):
    return {c for sub in base.__subclasses__() for c in (classes(sub) | {sub})}


def test_the_list_above_has_every_message_class():
    concrete = {c for c in classes(Message) if c.__struct_config__.tag is not None}

    assert {type(message) for message in EVERY_MESSAGE} == concrete
    assert set(REPLIES) == {c for c in concrete if issubclass(c, datagrams.Request)}


@pytest.mark.parametrize("message", EVERY_MESSAGE, ids=lambda m: type(m).__name__)
def test_every_message_survives_the_wire(message):
    data = CODEC.encode(message)

    assert CODEC.decode(data) == message
    assert len(data) <= MAX_DATAGRAM_BYTES


def test_every_class_has_a_tag_of_its_own():
    tags = [type(message).__struct_config__.tag for message in EVERY_MESSAGE]

    assert len(set(tags)) == len(tags)


@given(data=st.binary(max_size=1400))
def test_any_bytes_give_a_message_or_malformed_message(data):
    for candidate in (data, CODEC.encode(EVERY_MESSAGE[0])[:HEADER_BYTES] + data):
        with contextlib.suppress(MalformedMessage, VersionMismatch):
            assert isinstance(CODEC.decode(candidate), Message)


@given(
    message=st.sampled_from(EVERY_MESSAGE),
    at=st.integers(0, 400),
    octets=st.binary(min_size=1, max_size=8),
    cut=st.integers(0, 400),
)
def test_mutated_messages_give_a_message_or_malformed_message(message, at, octets, cut):
    data = CODEC.encode(message)
    at %= len(data)
    mutants = [
        data[:at] + octets + data[at + len(octets) :],
        data[:cut],
        data[:at] + octets + data[at:],
    ]

    for mutant in mutants:
        with contextlib.suppress(MalformedMessage, VersionMismatch):
            assert isinstance(CODEC.decode(mutant), Message)


def test_deep_nesting_is_refused():
    with pytest.raises(MalformedMessage):
        CODEC.decode(CODEC.encode(EVERY_MESSAGE[0])[:HEADER_BYTES] + b"\x91" * 1200)


@pytest.mark.parametrize("message", EVERY_MESSAGE, ids=lambda m: type(m).__name__)
def test_a_message_cut_short_is_malformed(message):
    data = CODEC.encode(message)

    for length in range(len(data)):
        with pytest.raises((MalformedMessage, VersionMismatch)):
            CODEC.decode(data[:length])


def test_another_network_is_told_from_garbage():
    data = WireCodec("another").encode(EVERY_MESSAGE[0])

    with pytest.raises(VersionMismatch):
        CODEC.decode(data)


def test_another_version_is_told_from_garbage():
    data = bytearray(CODEC.encode(EVERY_MESSAGE[0]))
    data[HEADER_BYTES - 1] = VERSION + 1

    with pytest.raises(VersionMismatch):
        CODEC.decode(bytes(data))


def test_every_datagram_begins_with_the_same_octets():
    for network in ("seattle", "x" * 64):
        assert WireCodec(network).encode(EVERY_MESSAGE[1]).startswith(OVERLAY_MAGIC)


def test_an_oversized_datagram_is_refused_before_it_is_read():
    padded = datagrams.Ping(1, b"", b"a" * 20, True, bytes(MAX_DATAGRAM_BYTES))

    with pytest.raises(MalformedMessage, match="limit 1232"):
        CODEC.decode(CODEC.encode(padded))


def test_fields_out_of_bounds_are_refused():
    bad = [
        datagrams.Ping(-1, b"", b"a" * 20, True, b""),
        datagrams.Ping(1, b"t" * 9, b"a" * 20, True, b""),
        datagrams.Ping(1, b"", b"a" * 19, True, b""),
        datagrams.Store(5, b"", b"k" * 33, b"", 0, RECORD),
        datagrams.Store(5, b"", b"", b"", 9, RECORD),
        datagrams.Adverts(
            4, b"", V4, True, b"b" * 20, [], 0, b"", b"", 0, [b"z" * (MAX_SEALED_BYTES + 1)]
        ),
        datagrams.Found(3, b"", V4, True, b"b" * 20, True, [b""] * 41),
        datagrams.Read(4, b"", b"x" * 20, 3, 17, 0, b"", b"", b""),
    ]

    for message in bad:
        with pytest.raises(MalformedMessage):
            CODEC.decode(CODEC.encode(message))


@pytest.mark.parametrize("name", ["", "x" * 65])
def test_a_network_needs_a_name_of_reasonable_length(name):
    with pytest.raises(UsageError):
        WireCodec(name)


def test_the_largest_store_fits_a_datagram():
    record = Record(b"s" * 32, b"n" * 20, 2**63 - 1, 86400, b"z" * MAX_SEALED_BYTES, b"g" * 64)
    store = datagrams.Store(2**64 - 1, b"t" * 8, b"k" * 32, b"s" * 64, 8, record)

    assert len(CODEC.encode(store)) <= MAX_DATAGRAM_BYTES
