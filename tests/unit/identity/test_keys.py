"""Keys: text forms, derived places, signatures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import BadSignature, UsageError
from seattle_p2p.identity.keys import (
    KeyPair,
    PublicKey,
    find_by_prefix,
    sealing_secret,
    storage_key,
    storage_place,
)

seeds = st.binary(min_size=32, max_size=32)


@given(raw=st.binary(min_size=32, max_size=32))
def test_text_form_reads_back_as_the_same_key(raw):
    key = PublicKey(raw)

    assert len(key.text) == 56
    assert PublicKey.from_text(key.text) == key
    assert PublicKey.from_text(f" {key.text.upper()[:28]}-{key.text[28:]} ") == key


@given(
    raw=st.binary(min_size=32, max_size=32),
    place=st.integers(0, 55),
    other=st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"),
)
def test_text_form_with_one_wrong_character_is_refused(raw, place, other):
    text = PublicKey(raw).text
    wrong = text[:place] + other + text[place + 1 :]

    if wrong != text:
        with pytest.raises(UsageError, match="checksum"):
            PublicKey.from_text(wrong)


@pytest.mark.parametrize("text", ["", "abc", "1" * 56, "é" * 56, "a" * 57])
def test_text_of_another_shape_is_refused_with_a_next_step(text):
    with pytest.raises(UsageError) as refused:
        PublicKey.from_text(text)

    assert refused.value.hint


@given(seed=seeds, message=st.binary(max_size=200))
def test_signature_holds_for_its_message_only(seed, message):
    pair = KeyPair(seed)
    signature = pair.sign(message)

    pair.public.verify(message, signature)
    with pytest.raises(BadSignature):
        pair.public.verify(message + b"x", signature)
    with pytest.raises(BadSignature):
        pair.public.verify(message, signature[:-1])


def test_key_pair_never_prints_its_secret():
    pair = KeyPair(bytes(range(32)))

    assert pair.seed.hex() not in f"{pair!r} {pair} {vars(pair)['public']!r}"


@given(seed=seeds)
def test_storage_key_is_derived_from_the_public_half_alone(seed):
    person = KeyPair(seed).public

    derived = storage_key(person)

    assert derived.public == storage_key(PublicKey(person.raw)).public
    assert derived.public != person
    assert 0 <= storage_place(derived.public) < 2**160
    assert storage_place(derived.public) != person.node_id
    assert sealing_secret(person) not in (derived.seed, person.raw)


def test_prefix_names_the_one_key_that_begins_so():
    keys = [KeyPair(bytes([i]) * 32).public for i in range(40)]
    wanted = keys[7]

    assert find_by_prefix(wanted.text[:12].upper(), keys) == wanted
    with pytest.raises(UsageError, match="no known key"):
        find_by_prefix("0", keys)
    with pytest.raises(UsageError, match="no known key"):
        find_by_prefix("", keys)


def test_prefix_of_several_keys_names_them():
    keys = [KeyPair(i.to_bytes(32)).public for i in range(200)]
    first = keys[0].text[0]

    with pytest.raises(UsageError, match="keys begin with"):
        find_by_prefix(first, keys)


@given(seed=seeds)
def test_every_key_of_a_pair_is_usable(seed):
    assert KeyPair(seed).public.is_usable


@pytest.mark.parametrize("raw", [bytes(32), b"\1" + bytes(31), b"\xff" * 32])
def test_bytes_that_nobody_can_hold_the_private_half_of_are_not_usable(raw):
    assert not PublicKey(raw).is_usable
