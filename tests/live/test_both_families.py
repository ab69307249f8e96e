"""IPv4-only, IPv6-only and dual nodes in one network: who can be reached is found."""

import asyncio
import os
import random

import pytest

from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.identity.keystore import generate
from seattle_p2p.net.twin import open_driver
from seattle_p2p.overlay.core import Role
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.overlay.params import Params
from seattle_p2p.wire.endpoints import Endpoint
from tests.support.namespaces import cable, needs_namespaces

pytestmark = needs_namespaces

NETWORK = "both families"
OWNER = KeyPair(bytes(31) + b"\x01").public
FOUR, SIX, DUAL = (True, False), (False, True), (True, True)


class Node:
    """A node of the overlay on a machine of its own."""

    def __init__(self, machine, role=Role.UNKNOWN, k=20):
        self.machine = machine
        self.families = {family for family, at in ((1, machine.v4), (2, machine.v6)) if at}
        self._key = generate()
        self._role = role
        self._k = k

    async def open(self):
        host = "::" if self.machine.v6 else "0.0.0.0"
        self.driver = await self.machine.do(open_driver(self._core, host, 0))
        return self

    def _core(self):
        return OverlayNode(
            self._key,
            network=NETWORK,
            params=Params(k=self._k),
            rng=random.Random(os.urandom(8)),
            entropy=os.urandom,
            role=self._role,
        )

    @property
    def endpoints(self):
        port = self.driver.endpoint.port
        return [Endpoint(h, port) for h in (self.machine.v4, self.machine.v6) if h]

    async def join(self, other):
        """Enter through the first address of `other` that this machine can use."""
        usable = [e for e in other.endpoints if e.family in self.families]
        await self.machine.do(self.driver.join(usable[:1]))

    async def publish(self):
        ends = self.endpoints
        await self.machine.do(self.driver.publish(OWNER, overlay=ends, commands=ends))

    async def found(self):
        adverts = await self.machine.do(self.driver.find_adverts(OWNER))
        return {advert.node for advert in adverts}

    def reachable(self, nodes):
        return {n.driver_key for n in nodes if n.families & self.families}

    @property
    def driver_key(self):
        return self._key.public


@pytest.fixture
async def nodes():
    """Open nodes on machines of one cable."""
    opened = []
    researchers = {}

    with cable() as made:

        async def open_one(v4, v6, **more):
            machine = researchers.get((v4, v6)) or made.add(v4=v4, v6=v6)
            if "role" in more:
                researchers[v4, v6] = machine
            node = await Node(machine, **more).open()
            opened.append(node)
            return node

        yield open_one
        await asyncio.gather(*(node.machine.do(node.driver.close()) for node in opened))


async def test_everyone_finds_everyone_they_can_reach(nodes):
    seed = await nodes(*DUAL)
    donors = [await nodes(*kind) for kind in (FOUR, SIX, DUAL, FOUR, SIX, DUAL)]
    for donor in donors:
        await donor.join(seed)
    for donor in donors:
        await donor.publish()

    counts = []
    for name, kind in (("IPv4", FOUR), ("IPv6", SIX), ("dual", DUAL)):
        for contact in (seed, *donors):
            researcher = await nodes(*kind, role=Role.CLIENT)
            if not contact.families & researcher.families:
                continue
            await researcher.join(contact)
            assert await researcher.found() == researcher.reachable(donors), (name, contact)
        counts.append(f"{name} {len(researcher.reachable(donors))} of {len(donors)}")
    print(f"\nrow 16: from every address, found and reachable: {', '.join(counts)}")


async def test_dual_nodes_that_met_on_ipv4_are_found_by_who_has_ipv6_only(nodes):
    first = await nodes(*DUAL)
    met = [await nodes(*DUAL) for _ in range(3)]
    for node in met:
        await node.machine.do(node.driver.join(first.endpoints[:1]))
        await node.publish()

    researcher = await nodes(*SIX, role=Role.CLIENT)
    await researcher.join(met[1])

    assert await researcher.found() == {node.driver_key for node in met}


async def test_a_few_of_one_family_are_found_among_many_of_the_other(nodes):
    seed = await nodes(*DUAL, k=2)
    for _ in range(5):
        crowd = await nodes(*FOUR, k=2)
        await crowd.join(seed)
    few = [await nodes(*kind, k=2) for kind in (SIX, DUAL)]
    for node in few:
        await node.join(seed)
        await node.publish()

    for kind in (SIX, DUAL):
        researcher = await nodes(*kind, role=Role.CLIENT, k=2)
        await researcher.join(seed)
        assert await researcher.found() == {node.driver_key for node in few}
