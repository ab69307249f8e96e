"""A node's certificate for TLS, made of the node's own key.

Made once, at installation: a node manager that runs reads the file and never loads the
library behind this module.
"""

import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from seattle_p2p.identity.keys import KeyPair

_ALWAYS = (
    datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC),
    datetime.datetime(9999, 12, 31, 23, 59, 59, tzinfo=datetime.UTC),
)
"""Nobody's clock is trusted, so a certificate is valid at any time (RFC 5280, 4.1.2.5)."""


def make_certificate(key: KeyPair) -> bytes:
    """PEM of the private key and a certificate signed by that same key, for a TLS server.

    Nobody checks names, dates or issuers in it: the other side compares the key.
    """
    private = Ed25519PrivateKey.from_private_bytes(key.seed)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, key.public.text)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(_ALWAYS[0])
        .not_valid_after(_ALWAYS[1])
        .sign(private, None)
    )
    secret = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return secret + certificate.public_bytes(Encoding.PEM)
