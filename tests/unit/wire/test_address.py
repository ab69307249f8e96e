"""The text form of a peer's address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import UsageError
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.wire.address import PeerAddress

KEY = KeyPair(b"\x07" * 32).public


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:4711", "127.0.0.1", 4711),
        ("[2001:DB8:0::7]:1", "2001:db8::7", 1),
        ("Seed.Example.org.:65535", "seed.example.org", 65535),
    ],
)
def test_address_is_read_into_its_canonical_form(text, host, port):
    assert PeerAddress.from_text(text) == PeerAddress(host, port)


def test_address_keeps_the_key_that_must_answer():
    address = PeerAddress.from_text(f"{KEY.text}@[::1]:9")

    assert address.key == KEY
    assert address.text == f"{KEY.text}@[::1]:9"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("127.0.0.1", "no port"),
        (":4711", "no port"),
        ("127.0.0.1:0", "out of range"),
        ("127.0.0.1:99999", "out of range"),
        ("127.0.0.1:+5", "no port number"),
        ("127.0.0.1:٣", "no port number"),
        ("::1:4711", "brackets"),
        ("[::g]:1", "no IPv6"),
        ("300.1.1.1:1", "no IPv4"),
        ("a b:1", "neither"),
        ("abc@127.0.0.1:1", "56 characters"),
        (KEY.text[:-1] + ("a" if KEY.text[-1] != "a" else "b") + "@127.0.0.1:1", "checksum"),
    ],
)
def test_address_is_refused_with_the_reason(text, reason):
    with pytest.raises(UsageError, match=reason):
        PeerAddress.from_text(text)


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_a_usage_error(text):
    try:
        address = PeerAddress.from_text(text)
    except UsageError:
        return
    assert PeerAddress.from_text(address.text) == address
