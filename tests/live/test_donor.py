"""A donor's life with real processes: run, look, pause, crash, resume, leave."""

import asyncio
import signal
import socket
import sys
from pathlib import Path

import pytest

from seattle_p2p.experiment.https import HttpsTransport
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.identity.keystore import Keystore
from seattle_p2p.installer.bundle import make_installer
from seattle_p2p.installer.plan import Plan, VesselShare
from seattle_p2p.wire.address import PeerAddress
from tests.support.command_line import Person, end, first_line, processes_naming

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="vessels run on Linux"),
    pytest.mark.timeout(120),
]

PLANNER, ANN = KeyPair(b"\x01" * 32), KeyPair(b"\x02" * 32)
TICKING = b"count = 0\nwhile True:\n  log(str(count) + '\\n')\n  count += 1\n  sleep(0.02)\n"


def an_installer(*seeds):
    shares = (VesselShare(50, ANN.public), VesselShare(50, ANN.public))
    addresses = tuple(PeerAddress.from_text(seed) for seed in seeds)
    return make_installer(Plan("lab", addresses, shares), PLANNER)


@pytest.fixture
async def donor(tmp_path):
    """Somebody with an installer at hand; whatever is left afterwards is ended."""
    person = Person(tmp_path / "some body")
    (person.home / "lab.seattle").write_bytes(an_installer())
    yield person
    await person.seattle("donor", "uninstall", "--yes")
    assert processes_naming(person.home) == []


async def installed(person, *options):
    await person.needs("donor", "install", "lab.seattle", "--testbed", *options)


async def status_of(person):
    return (await person.needs("donor", "status", "--json")).document


async def until(question, wanted, *, within_s=20):
    """Ask again and again until the answer is the one wanted."""
    async with asyncio.timeout(within_s):
        while (answer := await question()) != wanted:
            assert answer is not None
            await asyncio.sleep(0.1)


def a_client(started):
    where = PeerAddress.from_text(started["commands"][0])
    node = PublicKey.from_text(started["node"])
    return NodeClient(ANN, node, [where], HttpsTransport(), network="lab")


async def test_whole_life_of_a_donor(donor):
    await installed(donor)
    process = await donor.start("donor", "run", "--json")
    started = await first_line(process)
    running = await status_of(donor)
    assert running["running"]
    assert running["manager"]["pid"] == started["pid"] == process.pid
    assert started["addresses"][0].startswith(started["node"] + "@127.0.0.1:")

    async with a_client(started) as client:
        await client.put("v1", "tick.r2py", TICKING)
        await client.start("v1", "tick.r2py")

    await donor.needs("donor", "pause", "--for", "1h", "--json")
    paused = await status_of(donor)
    assert paused["manager"]["paused"]
    assert paused["manager"]["vessels"][0]["state"] == "paused", paused
    await donor.needs("donor", "resume", "--json")
    assert (await status_of(donor))["manager"]["vessels"][0]["state"] == "started"

    await end(process, signal.SIGKILL)
    orphaned = await status_of(donor)
    assert not orphaned["running"]
    assert orphaned["manager"]["reachable"] == "no"
    assert orphaned["manager"]["vessels"][0]["state"] == "started"
    await donor.needs("donor", "pause")
    assert (await status_of(donor))["manager"]["vessels"][0]["state"] == "paused"
    await donor.needs("donor", "resume")
    assert (await status_of(donor))["manager"]["vessels"][0]["state"] == "started"

    gone = await donor.needs("donor", "uninstall", "--yes", "--json")
    assert gone.document["left"] == []
    assert not (donor.home / "seattle").exists()
    assert processes_naming(donor.home) == []


async def test_uninstall_stops_the_node_manager_that_runs(donor):
    await installed(donor)
    process = await donor.start("donor", "run", "--json")
    started = await first_line(process)
    async with a_client(started) as client:
        await client.put("v2", "tick.r2py", TICKING)
        await client.start("v2", "tick.r2py")

    await donor.needs("donor", "uninstall", "--yes")

    assert await process.wait() == 0
    assert processes_naming(donor.home) == []
    assert not (donor.home / "seattle").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_run_ends_in_good_order_and_prints_one_line(donor, number):
    await installed(donor)
    process = await donor.start("donor", "run", "--json")
    started = await first_line(process)

    said = await end(process, number)

    assert said.code == 0, said
    assert said.out == ""
    assert started["log"].endswith("seattle.log")
    assert "stopped" in said.err
    assert (await status_of(donor))["running"] is False


async def test_second_node_manager_in_one_folder_is_refused(donor):
    await installed(donor)
    process = await donor.start("donor", "run", "--json")
    await first_line(process)

    second = await donor.seattle("donor", "run")

    assert second.code == 1
    assert "another `seattle donor` works" in second.err
    await end(process)


async def test_occupied_port_is_told_with_the_next_step(donor):
    with socket.create_server(("127.0.0.1", 0)) as other:
        await installed(donor, "--port", str(other.getsockname()[1]))

        said = await donor.seattle("donor", "run")

    assert said.code == 1
    assert "is taken by another program" in said.err
    assert "next:" in said.err


async def test_key_that_others_may_read_is_refused(donor):
    await installed(donor)
    key = donor.home / "seattle" / "donor" / "node.key"
    key.chmod(0o644)
    open_key = await donor.seattle("donor", "run")
    key.chmod(0o600)
    key.write_text("{")
    broken = await donor.seattle("donor", "run")

    for said in (open_key, broken):
        assert said.code == 1
        assert "node.key" in said.err
        assert "next:" in said.err


@pytest.fixture
async def three_donors(tmp_path):
    """Three donors who know each other, and the addresses peers find them at."""
    people = [Person(tmp_path / name) for name in ("first", "second", "third")]
    processes, addresses = [], []
    try:
        for person in people:
            (person.home / "lab.seattle").write_bytes(an_installer(*addresses))
            await installed(person)
            processes.append(await person.start("donor", "run", "--json"))
            addresses += (await first_line(processes[-1]))["addresses"]
        yield people, addresses
    finally:
        await asyncio.gather(*(end(process) for process in processes))
        await asyncio.gather(*(p.seattle("donor", "uninstall", "--yes") for p in people))


async def test_peers_say_whether_a_donor_is_reached(three_donors):
    people, _ = three_donors

    async def reached():
        return [(await status_of(person))["manager"]["reachable"] for person in people]

    await until(reached, ["yes"] * 3)


async def test_paused_donor_is_not_found_until_it_goes_on(three_donors, tmp_path):
    people, addresses = three_donors
    researcher = Person(tmp_path / "researcher")
    Keystore(researcher.home / "seattle" / "keys").save("ann", ANN)

    async def found():
        options = ("--network", "lab", "--contact", addresses[0], "--json")
        return (await researcher.seattle("browse", *options)).document.get("nodes")

    await until(found, 3)
    await people[1].needs("donor", "pause")
    await until(found, 2)
    await people[1].needs("donor", "resume")
    await until(found, 3)


async def test_verbose_says_on_stderr_what_the_log_gets(donor):
    await installed(donor)
    process = await donor.start("donor", "run", "--json", "-v")
    started = await first_line(process)

    said = await end(process)

    assert "seattle_p2p.manager.node_manager: ready" in Path(started["log"]).read_text()
    assert "seattle_p2p.manager.node_manager: ready" in said.err
