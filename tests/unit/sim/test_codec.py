"""Both modes of messages tell the trace the same, and leave signatures out."""

import msgspec
import pytest

from seattle_p2p.sim.codec import ObjectCodec, WireDescriber, describe_object, unsigned
from seattle_p2p.wire.adverts import Record
from seattle_p2p.wire.codec import WireCodec
from seattle_p2p.wire.datagrams import Adverts, Find, Found, Introduce, Ping, Store, Withdraw

ID = bytes(range(20))
RECORD = Record(bytes(32), ID, 4, 60, b"n" * 24 + b"sealed", b"r" * 64)
MESSAGES = [
    Ping(1, b"", ID, True, b"\0" * 30),
    Find(2, b"t" * 8, ID, False, ID, b""),
    Found(3, b"", b"\x04" + bytes(6), True, False, [ID + b"\x04" + bytes(6)] * 20),
    Introduce(4, b"t" * 8, bytes(32), True, b"\x04" + bytes(6), b"s" * 64),
    Store(5, b"t" * 8, bytes(32), b"s" * 64, 0, RECORD),
    Withdraw(6, b"t" * 8, b"", b"", ID, b""),
    Adverts(7, b"", b"", True, [], 1, b"d" * 8, b"", 0, [b"n" * 24 + b"sealed"]),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_objects_and_bytes_have_one_kind_body_and_size(message):
    objects, wire = ObjectCodec(), WireCodec("n")
    as_object, as_bytes = objects.encode(message), wire.encode(message)

    assert objects.decode(as_object) == wire.decode(as_bytes) == message
    assert objects.size(as_object) == wire.size(as_bytes)
    assert describe_object(as_object) == WireDescriber(wire)(as_bytes)
    assert describe_object(as_object)[0] == type(message).__name__


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_what_goes_into_the_trace_holds_no_signature(message):
    body = describe_object(ObjectCodec().encode(message))[1]

    assert b"s" * 64 not in body
    assert b"r" * 64 not in body
    assert b"sealed" not in body


def test_everything_but_signatures_stays():
    store = MESSAGES[4]

    bare = unsigned(store)

    assert (bare.number, bare.token, bare.depth) == (store.number, store.token, store.depth)
    assert bare.record.sequence == RECORD.sequence
    assert bare != unsigned(msgspec.structs.replace(store, depth=3))


def test_bytes_that_are_no_message_are_malformed():
    wire = WireCodec("n")

    assert WireDescriber(wire)(b"")[0] == "malformed"
    assert WireDescriber(wire)(wire.encode(MESSAGES[4])[:-9])[0] == "malformed"
