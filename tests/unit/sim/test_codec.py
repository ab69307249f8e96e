"""Both modes of messages tell the trace the same, and leave signatures out."""

import msgspec
import pytest

from seattle_p2p.sim.codec import ObjectCodec, WireDescriber, describe_object, unsigned
from seattle_p2p.wire.adverts import Record
from seattle_p2p.wire.codec import WireCodec
from seattle_p2p.wire.datagrams import Message, Store

SEALED = b"n" * 24 + b"sealed"
RECORD = Record(bytes(32), bytes(20), 4, 60, SEALED, b"r" * 64)


def an_example(cls):
    """A message of any class, its fields filled by their types; signatures are all `s`."""
    values = {}
    for field in msgspec.inspect.type_info(cls).fields:
        kind = field.type
        if field.name == "signature":
            values[field.name] = b"s" * 64
        elif field.name == "adverts":
            values[field.name] = [SEALED, SEALED]
        elif isinstance(kind, msgspec.inspect.StructType):
            values[field.name] = RECORD
        elif isinstance(kind, msgspec.inspect.ListType):
            values[field.name] = [b"peer" * 7] * 20
        elif isinstance(kind, msgspec.inspect.BytesType):
            values[field.name] = b"b" * min(kind.min_length or 24, kind.max_length or 24)
        else:
            values[field.name] = isinstance(kind, msgspec.inspect.BoolType) or 1
    if cls is Store:
        values["record"] = RECORD
    return cls(**values)


def all_messages(cls=Message):
    found = [] if cls.__struct_config__.tag is None else [cls]
    return found + [each for sub in cls.__subclasses__() for each in all_messages(sub)]


MESSAGES = [an_example(cls) for cls in all_messages()]


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
    store = an_example(Store)

    bare = unsigned(store)

    assert (bare.number, bare.token, bare.depth) == (store.number, store.token, store.depth)
    assert bare.record.sequence == RECORD.sequence
    assert bare != unsigned(msgspec.structs.replace(store, depth=3))


def test_bytes_that_are_no_message_are_malformed():
    wire = WireCodec("n")

    assert WireDescriber(wire)(b"")[0] == "malformed"
    assert WireDescriber(wire)(wire.encode(an_example(Store))[:-9])[0] == "malformed"
