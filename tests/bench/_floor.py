"""The least that a lookup can cost on this machine, measured right beside it."""

import asyncio
import time
from typing import Any

from seattle_p2p.identity.keys import KeyPair
from tests.bench._networks import Ours

_TRIPS, _SIGNATURES = 1000, 300
_CODEC_AND_ANSWER_S = 24.5e-6
"""A C codec both ways, and choosing twenty contacts: bare Python, on a common machine."""


async def lookup_ms(requests: float) -> float:
    """CPU of a lookup of so many requests that checks one record, in ms."""
    trip = await _trip_s()
    return (requests * (trip + _CODEC_AND_ANSWER_S) + _checking_s()) * 1e3


def proofs_ms(net: Ours) -> float:
    """CPU that proofs took of each node of a network so far, in ms."""
    counts = [node.statistics().counts for node in net.nodes]
    checked = sum(of.get("proofs.checked", 0) for of in counts)
    made = sum(of.get("proofs.made", 0) for of in counts)
    return (checked * _checking_s() + made * _signing_s()) / len(counts) * 1e3


class _Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[object, int]) -> None:
        self.transport.sendto(data, addr)


class _Asker(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.back: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.back.put_nowait(data)


async def _trip_s() -> float:
    """CPU seconds of a bare asyncio UDP round trip of 200 octets."""
    loop = asyncio.get_running_loop()
    local = ("127.0.0.1", 0)
    server, _ = await loop.create_datagram_endpoint(_Echo, local_addr=local)
    client, asker = await loop.create_datagram_endpoint(_Asker, local_addr=local)
    where = server.get_extra_info("sockname")
    cpu = time.process_time()
    for _ in range(_TRIPS):
        client.sendto(bytes(200), where)
        await asker.back.get()
    cpu = time.process_time() - cpu
    server.close()
    client.close()
    await asyncio.sleep(0)
    return cpu / _TRIPS


def _checking_s() -> float:
    """CPU seconds of checking one signature over 400 octets."""
    key, message = KeyPair(bytes(32)), bytes(400)
    signature = key.sign(message)
    cpu = time.process_time()
    for _ in range(_SIGNATURES):
        key.public.verify(message, signature)
    return (time.process_time() - cpu) / _SIGNATURES


def _signing_s() -> float:
    """CPU seconds of making one."""
    key, message = KeyPair(bytes(32)), bytes(400)
    cpu = time.process_time()
    for _ in range(_SIGNATURES):
        key.sign(message)
    return (time.process_time() - cpu) / _SIGNATURES
