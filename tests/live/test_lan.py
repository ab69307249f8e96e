"""Nodes on one LAN without any seed find each other, each on a machine of its own."""

import asyncio
import json
import os
import random
import sys
import time

import pytest

from seattle_p2p.errors import LanUnavailable
from seattle_p2p.identity.keystore import generate
from seattle_p2p.manager.membership import Membership
from seattle_p2p.net.lan import on_lan, search_lan
from seattle_p2p.net.twin import open_driver
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.endpoints import Endpoint
from tests.support.namespaces import cable, needs_namespaces

pytestmark = needs_namespaces

NETWORK = "on one cable"
GOAL_S = 10.0
_LOOK_S = 0.02


class Node:
    """A node of the overlay that keeps its membership, on one machine."""

    def __init__(self, machine, folder, *, network=NETWORK, seeds=(), announced=True):
        self.machine = machine
        self._network = network
        self._memory = folder / f"{machine.name}.json"
        self._seeds = list(seeds)
        self._announced = announced

    async def start(self):
        await self.machine.do(self._start())
        return self

    async def _start(self):
        key = generate()

        def make():
            return OverlayNode(
                key,
                network=self._network,
                rng=random.Random(os.urandom(8)),
                entropy=os.urandom,
            )

        self.driver = await open_driver(make, "::" if self.machine.v6 else "0.0.0.0", 0)
        port = self.driver.endpoint.port
        membership = Membership(
            self.driver,
            seeds=lambda: self._seeds,
            memory=self._memory,
            lan=(self._network, [Endpoint("::", port)]) if self._announced else None,
        )
        self._task = asyncio.create_task(membership.run())

    async def stop(self):
        await self.machine.do(self._stop())

    async def _stop(self):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.driver.close()

    @property
    def ids(self):
        return {peer.id for peer in self.driver.contacts()}


@pytest.fixture
async def nodes(tmp_path):
    """Start nodes on machines of one cable; all of it ends with the test."""
    started = []

    async def start(machine, **more):
        node = await Node(machine, tmp_path, **more).start()
        started.append(node)
        return node

    with cable() as made:
        yield made, start
        for node in started:
            await node.stop()


async def until(condition):
    """Seconds until `condition` holds."""
    began = time.perf_counter()
    for _ in range(int(4 * GOAL_S / _LOOK_S)):
        if condition():
            return time.perf_counter() - began
        await asyncio.sleep(_LOOK_S)
    raise AssertionError("they did not meet")


async def until_met(nodes):
    """Seconds until each knows all others."""
    everybody = {node.driver.id for node in nodes}
    return await until(lambda: all(node.ids >= everybody - {node.driver.id} for node in nodes))


async def test_nodes_without_any_seed_find_each_other(nodes):
    made, start = nodes
    machines = [made.add(), made.add(v6=False), made.add(v4=False), made.add()]

    began = [await start(machine) for machine in (machines[0], machines[1], machines[3])]
    took = await until_met(began)
    print(f"\nrow 15: 3 nodes on a LAN without seeds knew each other after {took:.2f} s")

    six = await start(machines[2])
    await until(lambda: six.ids >= {began[0].driver.id, began[2].driver.id})


async def test_a_newcomer_whose_seeds_are_gone_finds_those_who_joined_through_seeds(nodes):
    made, start = nodes
    seed = await start(made.add(v6=False), announced=False)
    address = PeerAddress(seed.machine.v4, seed.driver.endpoint.port)
    old = [await start(made.add(v6=False), seeds=[address]) for _ in range(2)]
    await until_met([seed, *old])
    await seed.stop()

    newcomer = await start(made.add(v6=False), seeds=[address])
    took = await until_met([newcomer, *old])

    print(f"\nrow 15: a newcomer whose seed was dead knew its neighbours after {took:.2f} s")


async def test_networks_of_other_names_are_left_alone(nodes):
    made, start = nodes
    one = await start(made.add(v6=False))
    other = await start(made.add(v6=False), network="another")
    same = await start(made.add(v6=False))

    await until_met([one, same])

    assert other.ids == set()
    assert "dropped.other_network" not in other.driver.statistics().counts


async def test_who_comes_and_goes_sees_the_addresses_and_announces_nothing(nodes):
    made, start = nodes
    node = await start(made.add())
    visitor = made.add()

    seen = await visitor.do(search_lan(NETWORK, wait_s=GOAL_S))

    port = node.driver.endpoint.port
    assert Endpoint(node.machine.v4, port) in seen
    assert {endpoint.port for endpoint in seen} == {port}
    assert await node.machine.do(search_lan("another", wait_s=0.5)) == []


async def test_a_machine_on_no_network_says_so():
    with cable() as made, pytest.raises(LanUnavailable, match="no network"):
        await made.add(v4=False, v6=False).do(entered(NETWORK))


async def entered(network):
    async with on_lan(network):
        pass


class Person:
    """Somebody with an account of their own on one machine."""

    def __init__(self, machine, home):
        self.machine = machine
        self.environment = os.environ | {"SEATTLE_HOME": str(home), "SEATTLE_NETWORK": "cable"}
        home.mkdir()

    async def start(self, *words, **streams):
        command = self.machine.command(sys.executable, "-m", "seattle_p2p.cli.main", *words)
        return await asyncio.create_subprocess_exec(
            *command, env=self.environment, stdout=asyncio.subprocess.PIPE, **streams
        )

    async def run(self, *words):
        process = await self.start(*words)
        out, _ = await process.communicate()
        assert process.returncode == 0, words
        return out.decode()


PLAN = """
network = "cable"
[[vessel]]
percent = 100
owner = "{}"
"""


async def test_donors_and_a_researcher_on_a_lan_need_no_address(tmp_path):
    with cable() as made:
        people = [Person(made.add(), tmp_path / name) for name in ("one", "two", "researcher")]
        *donors, researcher = people
        owner = (await researcher.run("keys", "new", "me")).strip()
        (tmp_path / "plan.toml").write_text(PLAN.format(owner))
        await researcher.run("planner", "build", str(tmp_path / "plan.toml"))
        running = []
        for donor in donors:
            await donor.run("donor", "install", str(tmp_path / "plan.seattle"))
        began = time.perf_counter()
        try:
            for donor in donors:
                running.append(await donor.start("donor", "run", "--json"))
                await running[-1].stdout.readline()
            for _ in range(5):
                found = json.loads(await researcher.run("browse", "--lan", "--json"))
                if found["nodes"] == len(donors):
                    break
        finally:
            for process in running:
                process.terminate()
                await process.communicate()

        took = time.perf_counter() - began
        print(
            f"\nrow 15: `browse --lan` showed {found['nodes']} donors {took:.1f} s after start"
        )
        assert found["nodes"] == len(found["vessels"]) == len(donors)
