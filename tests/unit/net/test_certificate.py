"""The certificate made of a node's key."""

import ssl

from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.net.certificate import make_certificate

KEY = KeyPair(b"\x09" * 32)


def handshake(path):
    """The certificate a client sees, in DER, over memory buffers."""
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(path)
    client_context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client_context.check_hostname = False
    client_context.verify_mode = ssl.CERT_NONE
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = server_context.wrap_bio(to_server, to_client, server_side=True)
    client = client_context.wrap_bio(to_client, to_server)
    waiting = [client, server]
    while waiting:
        side = waiting.pop(0)
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            waiting.append(side)
    return client.getpeercert(binary_form=True)


def test_certificate_serves_tls_and_carries_the_node_key(tmp_path):
    path = tmp_path / "certificate.pem"
    path.write_bytes(make_certificate(KEY))

    assert KEY.public.raw in handshake(path)


def test_certificate_is_the_same_for_the_same_key():
    assert make_certificate(KEY) == make_certificate(KEY)
