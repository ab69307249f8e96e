"""One of every message that anybody may send, with the least and the most padding in use."""

from seattle_p2p.wire import datagrams
from seattle_p2p.wire.endpoints import Endpoint, pack_endpoint

_NOBODY = pack_endpoint(Endpoint("10.99.0.1", 9))
_RECORD = datagrams.Record(bytes(32), bytes(20), 1, 60, b"z", b"s")

REQUESTS = [
    (datagrams.Ping, (bytes(20), True, bytes(32))),
    (datagrams.Introduce, (bytes(32), True, b"", b"")),
    (datagrams.Find, (bytes(20), True, 3, bytes(20), b"")),
    (datagrams.Find, (bytes(20), True, 3, bytes(20), bytes(600))),
    (datagrams.Read, (bytes(20), 3, 0, 0, b"", b"", bytes(8))),
    (datagrams.Read, (bytes(20), 3, 0, 0, b"", b"", bytes(1152))),
    (datagrams.Store, (b"", b"", 0, _RECORD)),
    (datagrams.Withdraw, (b"", b"", bytes(20), bytes(8))),
    (datagrams.Report, (bytes(20), bytes(20))),
    (datagrams.DialMe, (bytes(40),)),
    (datagrams.Dial, (_NOBODY, 5, bytes(16))),
    (datagrams.Dial, (b"", 5, bytes(16))),
    (datagrams.Knock, ()),
]
"""Class and fields after number and token."""
