"""aiohttp's client bound to one known key, for attackers and for floors of benchmarks."""

import asyncio

import aiohttp

from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.net.tls import peer_key


class Pin(aiohttp.Fingerprint):
    """Accepts a connection only to whoever holds one key."""

    def __init__(self, node: PublicKey) -> None:
        super().__init__(node.raw)
        self._node = node

    def check(self, transport: asyncio.Transport) -> None:
        found = peer_key(transport)
        if found != self._node:
            host, port, *_ = transport.get_extra_info("peername") or ("?", 0)
            raw = found.raw if found else b""
            raise aiohttp.ServerFingerprintMismatch(self._node.raw, raw, host, port)
