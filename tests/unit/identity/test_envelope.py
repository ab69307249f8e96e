"""Envelopes: a signature is worth something for one purpose, one receiver, one body."""

import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import BadSignature, MalformedMessage, PeerError, WrongReceiver
from seattle_p2p.identity.envelope import (
    Purpose,
    decode_envelope,
    encode_envelope,
    require_genuine,
    seal,
    sign,
    verify,
)
from seattle_p2p.identity.keys import KeyPair

ALICE, NODE, OTHER = (KeyPair(bytes([n]) * 32) for n in (1, 2, 3))


def a_command(body=b"stop"):
    return seal(
        Purpose.COMMAND,
        ALICE,
        receiver=NODE.public,
        challenge=bytes(16),
        number=3,
        body=body,
    )


def test_envelope_travels_and_stays_genuine():
    sent = a_command()

    received = decode_envelope(encode_envelope(sent), limit=1000)

    require_genuine(Purpose.COMMAND, received, receiver=NODE.public)
    assert received == sent
    assert received.digest == sent.digest


def test_signature_for_one_purpose_is_worthless_for_every_other():
    for made_for in Purpose:
        signature = sign(made_for, ALICE, b"body")
        for used_for in Purpose:
            if used_for is made_for:
                verify(used_for, ALICE.public, b"body", signature)
            else:
                with pytest.raises(BadSignature):
                    verify(used_for, ALICE.public, b"body", signature)


def test_purposes_are_never_prefixes_of_one_another():
    labels = [purpose.value + b"\0" for purpose in Purpose]

    assert not any(a != b and b.startswith(a) for a in labels for b in labels)


def test_envelope_for_somebody_else_is_refused_as_such():
    with pytest.raises(WrongReceiver):
        require_genuine(Purpose.COMMAND, a_command(), receiver=OTHER.public)


@pytest.mark.parametrize(
    "change",
    [
        {"sender": OTHER.public.raw},
        {"challenge": b"1" * 16},
        {"number": 4},
        {"body": b"start"},
        {"answers": b"x"},
        {"signature": b""},
        {"signature": bytes(64)},
    ],
)
def test_envelope_with_any_field_altered_is_refused(change):
    altered = msgspec.structs.replace(a_command(), **change)

    with pytest.raises(BadSignature):
        require_genuine(Purpose.COMMAND, altered, receiver=NODE.public)


@given(data=st.binary(max_size=400))
def test_any_bytes_are_an_envelope_or_malformed(data):
    with contextlib.suppress(MalformedMessage):
        decode_envelope(data, limit=300)


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_flipped_bit_is_always_refused(place, bit):
    data = bytearray(encode_envelope(a_command()))
    data[place % len(data)] ^= 1 << bit

    with pytest.raises(PeerError):
        require_genuine(
            Purpose.COMMAND, decode_envelope(bytes(data), limit=1000), receiver=NODE.public
        )


def test_envelope_over_the_limit_is_refused_before_it_is_read():
    with pytest.raises(MalformedMessage, match="limit 10"):
        decode_envelope(encode_envelope(a_command()), limit=10)
