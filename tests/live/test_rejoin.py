"""A node that comes back when every seed is gone: peers remembered from before let it in."""

import asyncio
import os
import random
import time

import pytest

from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.manager.membership import Membership
from seattle_p2p.net.udp import UdpDriver
from seattle_p2p.overlay.core import Role
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.wire.address import PeerAddress

NETWORK = "comes back"
PEERS = 24
GOAL_S = 5.0
_LOOK_S = 0.005


async def opened(seed, role=Role.UNKNOWN):
    core = OverlayNode(
        KeyPair(random.Random(seed).randbytes(32)),
        network=NETWORK,
        rng=random.Random(seed),
        entropy=os.urandom,
        role=role,
    )
    return await UdpDriver.open(core, "127.0.0.1", 0)


async def entered(driver, seeds, memory):
    """Seconds until a node has entered; its peers are remembered at the end."""
    membership = Membership(driver, seeds=lambda: seeds, memory=memory)
    began = time.perf_counter()
    running = asyncio.create_task(membership.run())
    try:
        async with asyncio.timeout(4 * GOAL_S):
            await membership.tried.wait()
        took = time.perf_counter() - began
        membership.remember_peers()
        return took
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("alive", [PEERS // 3, 1])
async def test_a_restarted_node_whose_seeds_are_all_gone_rejoins(tmp_path, alive):
    memory = tmp_path / "peers.json"
    seed = await opened("seed", Role.SERVER)
    seeds = [PeerAddress(seed.endpoint.host, seed.endpoint.port)]
    nodes = [await opened(number) for number in range(PEERS)]
    for node in nodes:
        await node.join([seed.endpoint])
    before = await opened("restarted")
    await entered(before, seeds, memory)
    known = before.node.id
    table_before = set(before.peers())
    await asyncio.gather(*(gone.close() for gone in (before, seed, *nodes[alive:])))

    after = await opened("restarted")
    took = await entered(after, seeds, memory)

    print(f"\nrow 15: back after {took:.2f} s, {alive} of {PEERS} remembered peers alive")
    assert after.node.id == known
    living = {node.endpoint for node in nodes[:alive]}
    for _ in range(int(4 * GOAL_S / _LOOK_S)):
        if set(after.peers()) >= living & table_before:
            break
        await asyncio.sleep(_LOOK_S)
    assert set(after.peers()) >= living & table_before
    await asyncio.gather(*(node.close() for node in (after, *nodes[:alive])))
