"""Adverts: only the node can make one, only who knows the person can read or write it."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.bindings import crypto_secretbox

from seattle_p2p.errors import BadSignature, MalformedMessage
from seattle_p2p.identity.envelope import Purpose, signed_bytes
from seattle_p2p.identity.keys import (
    KeyPair,
    PublicKey,
    sealing_secret,
    storage_key,
    storage_place,
)
from seattle_p2p.wire import adverts
from seattle_p2p.wire.adverts import (
    Advert,
    open_advert,
    place_of,
    require_sound_record,
    seal_advert,
)
from seattle_p2p.wire.endpoints import Endpoint
from seattle_p2p.wire.limits import MAX_SEALED_BYTES

NODE = KeyPair(b"n" * 32)
OWNER = KeyPair(b"o" * 32).public
STRANGER = KeyPair(b"x" * 32).public
STORAGE = storage_key(OWNER)
SECRET = sealing_secret(OWNER)
ADVERT = Advert(
    NODE.public,
    (Endpoint("192.0.2.7", 4000), Endpoint("2001:db8::7", 4000)),
    (Endpoint("192.0.2.7", 4001),),
    12,
    3600,
)


def sealed(advert=ADVERT, node=NODE, storage=STORAGE, secret=SECRET):
    return seal_advert(advert, node=node, storage=storage, secret=secret, nonce=b"N" * 24)


def opened(data, storage=STORAGE, secret=SECRET):
    return open_advert(data, storage=storage.public.raw, secret=secret, verify=PublicKey.verify)


def test_what_was_sealed_opens_for_who_knows_the_person():
    assert opened(sealed().sealed) == ADVERT


def test_the_record_shows_the_node_id_and_what_a_holder_needs():
    record = sealed()

    require_sound_record(record, PublicKey.verify)
    assert record.node == NODE.public.node_id.to_bytes(20)
    assert (record.sequence, record.lifetime_s) == (12, 3600)
    assert NODE.public.raw not in record.sealed


def test_a_stranger_cannot_read_it():
    with pytest.raises(MalformedMessage):
        opened(sealed().sealed, secret=sealing_secret(STRANGER))


def test_a_record_by_another_storage_key_is_refused():
    record = msgspec.structs.replace(sealed(), storage=storage_key(STRANGER).public.raw)

    with pytest.raises(BadSignature):
        require_sound_record(record, PublicKey.verify)


@pytest.mark.parametrize(
    "change",
    [{"node": b"m" * 20}, {"sequence": 13}, {"lifetime_s": 3601}, {"sealed": b"z" * 99}],
    ids=lambda c: next(iter(c)),
)
def test_a_record_altered_anywhere_is_refused(change):
    with pytest.raises(BadSignature):
        require_sound_record(msgspec.structs.replace(sealed(), **change), PublicKey.verify)


@pytest.mark.parametrize(
    "change",
    [
        {"storage": b"s" * 31},
        {"node": b"m" * 21},
        {"signature": b""},
        {"sealed": b"z" * (MAX_SEALED_BYTES + 1)},
        {"lifetime_s": 0},
        {"lifetime_s": 86_401},
        {"sequence": -1},
        {"sequence": 2**63},
    ],
    ids=str,
)
def test_a_record_with_a_field_out_of_bounds_is_malformed(change):
    with pytest.raises(MalformedMessage):
        require_sound_record(msgspec.structs.replace(sealed(), **change), PublicKey.verify)


def test_an_advert_sealed_again_for_another_person_is_refused():
    """Somebody who reads one person's adverts cannot show them under another person's key."""
    inside = adverts.crypto_secretbox_open(sealed().sealed[24:], b"N" * 24, SECRET)
    other_secret = sealing_secret(STRANGER)
    moved = b"M" * 24 + crypto_secretbox(inside, b"M" * 24, other_secret)

    with pytest.raises(BadSignature):
        opened(moved, storage=storage_key(STRANGER), secret=other_secret)


def test_a_statement_by_another_node_is_refused():
    with pytest.raises(BadSignature):
        opened(sealed(node=KeyPair(b"m" * 32)).sealed)


@given(data=st.binary(max_size=700))
def test_any_bytes_are_malformed(data):
    with pytest.raises(MalformedMessage):
        opened(data)


def a_seal_around(plain):
    return b"N" * 24 + crypto_secretbox(plain, b"N" * 24, SECRET)


@given(data=st.binary(max_size=300))
def test_any_bytes_inside_a_good_seal_are_refused(data):
    with pytest.raises((MalformedMessage, BadSignature)):
        opened(a_seal_around(data))


def a_statement(*fields):
    body = msgspec.msgpack.encode(list(fields))
    message = signed_bytes(Purpose.NODE_ADVERT, STORAGE.public.raw + body)
    return a_seal_around(NODE.sign(message) + body)


def test_endpoints_of_kinds_and_families_yet_unknown_are_passed_over():
    endpoints = [
        bytes.fromhex("01047f0000011b9e"),
        bytes.fromhex("03047f0000011b9e"),
        bytes.fromhex("010901020304"),
        bytes.fromhex("02047f0000011b9f"),
        b"",
    ]

    advert = opened(a_statement(NODE.public.raw, endpoints, 1, 60))

    assert advert.overlay == (Endpoint("127.0.0.1", 7070),)
    assert advert.commands == (Endpoint("127.0.0.1", 7071),)


def test_fields_added_by_a_later_version_are_passed_over():
    assert opened(a_statement(NODE.public.raw, [], 1, 60, "later")).sequence == 1


@pytest.mark.parametrize(
    "fields",
    [
        (b"k" * 31, [], 1, 60),
        (NODE.public.raw, [b"\x01"] * 9, 1, 60),
        (NODE.public.raw, [], -1, 60),
        (NODE.public.raw, [], 1, 0),
        (NODE.public.raw, [], 1, 10**9),
    ],
    ids=["key", "endpoints", "sequence", "no life", "long life"],
)
def test_a_statement_with_a_field_out_of_bounds_is_malformed(fields):
    with pytest.raises(MalformedMessage):
        opened(a_statement(*fields))


def test_more_than_eight_endpoints_are_a_mistake_of_the_caller():
    many = tuple(Endpoint("192.0.2.7", port) for port in range(1, 10))

    with pytest.raises(ValueError, match="at most 8"):
        sealed(Advert(NODE.public, many, (), 1, 60))


def test_the_largest_advert_is_within_its_limit():
    many = tuple(Endpoint("2001:db8::7", port) for port in range(1, 9))

    assert (
        len(sealed(Advert(NODE.public, many, (), 2**63 - 1, 86_400)).sealed) <= MAX_SEALED_BYTES
    )


def test_subkeys_lie_elsewhere_than_the_key_and_than_each_other():
    raw = STORAGE.public.raw
    places = {
        place_of(raw, depth, prefix) for depth in (1, 2, 3) for prefix in range(1 << depth)
    }

    assert place_of(raw) == storage_place(STORAGE.public)
    assert len(places) == 14
    assert place_of(raw) not in places


@pytest.mark.parametrize(("depth", "prefix"), [(9, 0), (-1, 0), (1, 2), (3, -1)])
def test_a_subkey_that_cannot_be_is_a_mistake_of_the_caller(depth, prefix):
    with pytest.raises(ValueError, match="no subkey"):
        place_of(STORAGE.public.raw, depth, prefix)
