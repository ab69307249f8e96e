"""A seed as people run it: its address, its memory, its health as a newcomer sees it."""

import json
import signal
import sys

import pytest

from seattle_p2p.cli.demo_network import DemoNetwork
from seattle_p2p.identity.keystore import generate
from seattle_p2p.wire.address import PeerAddress

pytestmark = [
    pytest.mark.timeout(90),
    pytest.mark.skipif(sys.platform != "linux", reason="/proc"),
]


@pytest.fixture
async def network(tmp_path):
    made = DemoNetwork(tmp_path / "network")
    made.open()
    yield made
    assert await made.close()


async def check(network, address, *more):
    finished = await network.command(
        "researcher", "seed", "check", address, "--timeout", "2", "--json", *more
    )
    return finished.code, json.loads(finished.out)


async def test_a_seed_keeps_its_address_over_restarts(network):
    first = await network.start_seed()
    await network.seed.stop(signal.SIGKILL)
    second = await network.start_seed()

    assert second == first
    assert await network.seed.stop(signal.SIGINT) == 0


async def test_a_seed_is_well_when_it_answers_and_holds_its_key(network):
    address = PeerAddress.from_text(await network.start_seed())
    impostor = PeerAddress(address.host, address.port, generate().public)

    well = await check(network, address.text)
    without_key = await check(network, PeerAddress(address.host, address.port).text)
    wrong_key = await check(network, impostor.text)
    other_network = await check(network, address.text, "--network", "other")
    await network.stop_seed()
    gone = await check(network, address.text)

    assert (well[0], well[1]["well"]) == (0, True)
    assert without_key[0] == 0
    assert wrong_key[0] == 1
    assert "proved" in wrong_key[1]["problem"]
    assert other_network[0] == gone[0] == 1


async def test_a_port_that_is_taken_is_told_with_what_to_do(network):
    address = PeerAddress.from_text(await network.start_seed())

    second = await network.command(
        "another", "seed", "run", "--bind", address.host, "--port", str(address.port), "--json"
    )

    assert second.code == 1
    assert "choose --bind and --port" in json.loads(second.out)["error"]["hint"]


async def test_two_seeds_that_were_told_of_each_other_are_one_network(network):
    first = await network.start_seed()
    second = await network.start(
        "second", "seed", "run", "--bind", "127.0.0.1", "--join", first, "--json"
    )
    network.seed = None

    code, seen = await check(network, second.facts["address"])

    assert code == 0
    assert len(seen["peers"]) == 2
