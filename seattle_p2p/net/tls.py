"""TLS whose certificate is the node's own key; the other side checks that very key.

Version 1.3 only. There is nobody who vouches for names: a client knows the key it wants from
an advert, and compares it with the one in the certificate. The handshake itself (RFC 8446,
4.4.3) proves that whoever sent the certificate holds its private key.
"""

import asyncio
import ssl
from pathlib import Path

from seattle_p2p.errors import KeystoreError, MalformedMessage
from seattle_p2p.identity.keys import KEY_BYTES, PublicKey

_ED25519 = bytes.fromhex("06032b6570")
"""Object identifier 1.3.101.112 (RFC 8410)."""
_SEQUENCE, _BIT_STRING, _VERSION = 0x30, 0x03, 0xA0


def server_context(path: Path) -> ssl.SSLContext:
    """What a node manager serves with: the file that `certificate.py` makes.

    Raises:
        KeystoreError: no or a damaged certificate.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    # Every connection has a challenge of its own, so nothing is gained by resuming one.
    context.num_tickets = 0
    try:
        context.load_cert_chain(path)
    except (OSError, ssl.SSLError) as reason:
        raise KeystoreError(
            f"cannot use the certificate {path}: {reason}",
            hint="was it changed or moved? restore it, or uninstall and install again",
        ) from reason
    return context


def client_context() -> ssl.SSLContext:
    """What a client connects with: no names, no authorities; see `peer_key`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def peer_key(transport: asyncio.BaseTransport) -> PublicKey | None:
    """The key of whoever is at the other end; None when it is no Ed25519 key."""
    session = transport.get_extra_info("ssl_object")
    certificate = session.getpeercert(binary_form=True) if session is not None else None
    try:
        return key_of_certificate(certificate or b"")
    except MalformedMessage:
        return None


def key_of_certificate(der: bytes) -> PublicKey:
    """The Ed25519 key that an X.509 certificate is of (RFC 5280, 4.1; RFC 8410).

    Walks the structure instead of searching for bytes: whoever makes a certificate chooses
    most of its bytes.

    Raises:
        MalformedMessage: not a certificate of an Ed25519 key.
    """
    certificate = _Der(_Der(der).take(_SEQUENCE))
    fields = _Der(certificate.take(_SEQUENCE))
    if fields.next_tag == _VERSION:
        fields.take(_VERSION)
    for _ in range(5):  # serial number, algorithm, issuer, validity, subject
        fields.take(fields.next_tag)
    information = _Der(fields.take(_SEQUENCE))
    algorithm = information.take(_SEQUENCE)
    key = information.take(_BIT_STRING)
    if algorithm != _ED25519 or len(key) != KEY_BYTES + 1 or key[0] != 0:
        raise MalformedMessage("the certificate is not one of an Ed25519 key")
    return PublicKey(key[1:])


class _Der:
    """Reads one level of DER (X.690), item by item."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def next_tag(self) -> int:
        if self._at >= len(self._data):
            raise MalformedMessage("the certificate ends too early")
        return self._data[self._at]

    def take(self, tag: int) -> bytes:
        """Content of the next item, which must be a `tag`."""
        if self.next_tag != tag or self._at + 2 > len(self._data):
            raise MalformedMessage("the certificate is of another shape")
        length = self._data[self._at + 1]
        begin = self._at + 2
        if length >= 0x80:
            size = length - 0x80
            if not 1 <= size <= 3:
                raise MalformedMessage("the certificate has an impossible length")
            length = int.from_bytes(self._data[begin : begin + size])
            begin += size
        self._at = begin + length
        if self._at > len(self._data):
            raise MalformedMessage("the certificate ends too early")
        return self._data[begin : self._at]
