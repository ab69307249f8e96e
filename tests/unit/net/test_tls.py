"""Reading the key out of a certificate somebody else made."""

import contextlib
import ssl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import KeystoreError, MalformedMessage
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.net.certificate import make_certificate
from seattle_p2p.net.tls import client_context, key_of_certificate, server_context

KEY = KeyPair(b"k" * 32)
_PEM = make_certificate(KEY).decode()
DER = ssl.PEM_cert_to_DER_cert(_PEM[_PEM.index("-----BEGIN CERT") :])


def test_the_key_of_our_own_certificate_is_found() -> None:
    assert key_of_certificate(DER) == KEY.public


@given(st.binary(max_size=300))
def test_any_bytes_give_a_key_or_malformed(data: bytes) -> None:
    with contextlib.suppress(MalformedMessage):
        key_of_certificate(data)


@given(st.integers(0, len(DER) - 1), st.integers(0, 255))
def test_any_changed_byte_gives_a_key_or_malformed(at: int, value: int) -> None:
    with contextlib.suppress(MalformedMessage):
        key_of_certificate(DER[:at] + bytes([value]) + DER[at + 1 :])


@given(st.integers(0, len(DER) - 1))
def test_a_torn_certificate_gives_no_other_key(length: int) -> None:
    with contextlib.suppress(MalformedMessage):
        assert key_of_certificate(DER[:length]) == KEY.public


def test_only_version_1_3_is_spoken(tmp_path: Path) -> None:
    path = tmp_path / "certificate.pem"
    path.write_bytes(make_certificate(KEY))

    for context in (server_context(path), client_context()):
        assert context.minimum_version is ssl.TLSVersion.TLSv1_3


@pytest.mark.parametrize("content", [None, b"", b"junk"])
def test_a_missing_or_damaged_certificate_is_told_with_the_next_step(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "certificate.pem"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(KeystoreError) as caught:
        server_context(path)

    assert caught.value.hint
