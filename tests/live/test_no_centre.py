"""No machine is special: the seed may go, donors may die, the others are found."""

import asyncio
import json
import signal
import sys

import pytest

from seattle_p2p.cli.demo_network import DemoNetwork

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="/proc"),
]

DONORS, DEAD = 6, 3


@pytest.fixture
async def network(tmp_path):
    made = DemoNetwork(tmp_path / "network")
    made.open()
    yield made
    assert await made.close()


async def test_the_seed_and_donors_may_die_and_the_living_are_found(network):
    owner = (await network.need("researcher", "keys", "new")).strip()
    seed = await network.start_seed()
    installer = await network.build_installer(owner, seed=seed)
    async with asyncio.TaskGroup() as tasks:
        for number in range(DONORS):
            tasks.create_task(network.add_donor(f"donor-{number:02}", installer))
    await network.wait_until_met()
    await network.seed.stop(signal.SIGKILL)
    contact = network.donors[-1].facts["addresses"][0]

    found = json.loads(
        await network.need("researcher", "browse", "--contact", contact, "--json")
    )

    assert found["nodes"] == DONORS
    assert len(found["vessels"]) == 2 * DONORS
    assert found["missing"] == found["silent"] == []

    dead = [donor.facts["node"] for donor in network.donors[:DEAD]]
    for donor in network.donors[:DEAD]:
        await donor.stop(signal.SIGKILL)
    after = json.loads(await network.need("researcher", "browse", "--json"))

    alive = {donor.facts["node"] for donor in network.donors[DEAD:]}
    assert {vessel["node"] for vessel in after["vessels"]} == alive
    assert len(after["missing"]) == 2 * DEAD
    assert {name.partition(":")[0] for name in after["missing"]} == {node[:12] for node in dead}


async def test_an_answer_that_came_through_one_peer_alone_is_marked(network):
    owner = (await network.need("researcher", "keys", "new")).strip()
    seed = await network.start_seed()
    donor = await network.add_donor("donor-01", await network.build_installer(owner, seed=seed))
    # It advertises a moment after it is ready.
    while len((await browse(network, seed))["vessels"]) < 2:
        pass
    await network.stop_seed()

    found = await browse(network, donor.facts["addresses"][0])

    assert len(found["vessels"]) == 2
    assert "one peer" in found["warnings"][0]


async def browse(network, contact):
    return json.loads(
        await network.need("researcher", "browse", "--contact", contact, "--json")
    )
