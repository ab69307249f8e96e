"""A real node manager process, real vessels, a real client."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from seattle_p2p.errors import InstallError, LedgerError, VesselBusy
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.control import Question, ask
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.node_manager import NodeManager
from seattle_p2p.manager.remembered import write_peers
from seattle_p2p.manager.running import open_overlay
from seattle_p2p.manager.settings import NodeSettings
from seattle_p2p.net.udp import UdpDriver
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.adverts import Advert
from tests.support.donated import NETWORK, RunningNode, a_donated_folder, a_running_node
from tests.support.served_node import OWNER, STRANGER, USER, a_key

HELLO = b"log('hello from', callargs[0], '\\n')\n"
TICKING = b"""
count = 0
while True:
    log(str(count) + '\\n')
    count = count + 1
    sleep(0.02)
"""


@pytest.fixture
async def node(tmp_path: Path) -> AsyncGenerator[RunningNode, None]:
    home = a_donated_folder(tmp_path / "donor", OWNER.public, vessels=2, users=[USER.public])
    async with a_running_node(home) as running:
        yield running


async def test_a_program_is_uploaded_started_and_its_log_followed_to_its_end(
    node: RunningNode,
) -> None:
    async with node.client(USER) as client, asyncio.timeout(20):
        await client.put("v1", "hello.r2py", HELLO)
        await client.start("v1", "hello.r2py", ["v1"])
        log = b"".join([part.data async for part in client.follow_log("v1")])
        ended = await client.status("v1")

    assert log == b"hello from v1 \n"
    assert (ended.state, ended.cause) == ("ended", "done")


async def test_vessels_run_on_when_the_node_manager_is_killed_and_are_found_again(
    node: RunningNode,
) -> None:
    async with node.client(OWNER) as client, asyncio.timeout(30):
        await client.put("v1", "tick.r2py", TICKING)
        run = await client.start("v1", "tick.r2py")
        before = await client.status("v1")

        await node.kill()
        await node.start_again()
        after = await client.status("v1")

        assert (before.state, before.run) == ("started", run)
        assert (after.state, after.run) == ("started", run)
        lines: list[bytes] = []
        async for part in client.follow_log("v1"):
            lines += part.data.splitlines()
            if len(lines) > 100:
                break
        assert lines[:100] == [str(n).encode() for n in range(100)]
        await client.stop("v1")


async def test_a_port_that_is_taken_is_told_in_words(tmp_path: Path) -> None:
    home = a_donated_folder(tmp_path / "donor", OWNER.public)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with contextlib.closing(Ledger(home.ledger)) as ledger:
            ledger.save_ports(port, port)

        with pytest.raises(InstallError, match=rf"TCP port {port} .* is taken"):
            await NodeManager(home, open_overlay).run()


async def test_a_udp_port_that_is_taken_is_told_in_words(tmp_path: Path) -> None:
    home = a_donated_folder(tmp_path / "donor", OWNER.public)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        with contextlib.closing(Ledger(home.ledger)) as ledger:
            ledger.save_ports(0, port)

        with pytest.raises(InstallError, match=rf"UDP port {port} .* is taken"):
            await NodeManager(home, open_overlay).run()


async def test_an_address_of_another_machine_is_told_in_words(tmp_path: Path) -> None:
    home = a_donated_folder(tmp_path / "donor", OWNER.public)

    with pytest.raises(InstallError, match=r"cannot listen on 192\.0\.2\.1"):
        await NodeManager(home, open_overlay, bind="192.0.2.1").run()


async def test_a_second_node_manager_in_one_folder_is_refused(node: RunningNode) -> None:
    with pytest.raises(InstallError, match="another"):
        await NodeManager(node.home, open_overlay).run()


async def test_a_damaged_ledger_is_told_and_nothing_of_it_deleted(tmp_path: Path) -> None:
    home = a_donated_folder(tmp_path / "donor", OWNER.public)
    home.ledger.write_bytes(b"not a database at all" * 500)
    (home.vessels / "v1" / "files").mkdir(parents=True)
    (home.vessels / "v1" / "files" / "precious").write_bytes(b"data")
    before = {path: path.read_bytes() for path in home.folder.rglob("*") if path.is_file()}

    with pytest.raises(LedgerError, match="damaged") as caught:
        await NodeManager(home, open_overlay).run()

    assert "keep a copy" in caught.value.hint
    after = {path: path.read_bytes() for path in home.folder.rglob("*") if path.is_file()}
    assert after == before


async def test_folders_follow_the_ledger(tmp_path: Path) -> None:
    home = a_donated_folder(tmp_path / "donor", OWNER.public, vessels=2)
    (home.vessels / "v9" / "files").mkdir(parents=True)

    async with a_running_node(home):
        found = sorted(path.name for path in home.vessels.iterdir() if path.is_dir())

    assert found == ["v1", "v2"]


async def test_a_vessel_newer_than_the_ledger_is_kept_aside(tmp_path: Path) -> None:
    home = a_donated_folder(tmp_path / "donor", OWNER.public, vessels=2)
    newer = home.vessels / "v7"
    (newer / "files").mkdir(parents=True)
    (newer / "files" / "result.txt").write_text("dear")

    async with a_running_node(home):
        assert sorted(p.name for p in home.vessels.iterdir() if p.name[0] == "v") == [
            "v1",
            "v2",
        ]
        assert (home.set_aside / "v7" / "files" / "result.txt").read_text() == "dear"
        assert "kept aside" in home.log.read_text()


async def test_a_pause_freezes_programs_refuses_starts_and_outlives_a_restart(
    node: RunningNode,
) -> None:
    async with node.client(OWNER) as client, asyncio.timeout(40):
        await client.put("v1", "tick.r2py", TICKING)
        await client.put("v2", "tick.r2py", TICKING)
        await client.start("v1", "tick.r2py")

        await ask(node.home.folder, Question("pause"))
        paused = await client.status("v1")
        with pytest.raises(VesselBusy, match="paused"):
            await client.start("v2", "tick.r2py")
        await node.kill()
        await node.start_again()
        still = await client.status("v1")
        await ask(node.home.folder, Question("resume"))
        going = await client.status("v1")

    assert [info.state for info in (paused, still, going)] == ["paused", "paused", "started"]


async def test_vessels_are_found_by_their_peoples_keys_and_not_after_the_end(
    tmp_path: Path,
) -> None:
    first = a_donated_folder(tmp_path / "first", STRANGER.public)
    async with a_running_node(first) as seed, a_researcher_in(seed) as overlay:
        second = a_donated_folder(
            tmp_path / "second",
            OWNER.public,
            users=[USER.public],
            seeds=[str(seed.address)],
        )
        async with a_running_node(second) as node, asyncio.timeout(30):
            for person in (OWNER.public, USER.public):
                advert = await found(overlay, person)
                assert advert.node == node.public
                assert [e.port for e in advert.commands] == [node.address.port]

            async with node.client(OWNER) as client:
                await client.change_advertise("v1", False)
            await nobody_found(overlay, USER.public)
            async with node.client(OWNER) as client:
                await client.change_advertise("v1", True)
                await found(overlay, OWNER.public)
                await client.change_owner("v1", a_key(77).public)
                assert (await found(overlay, a_key(77).public)).node == node.public
        assert not await overlay.find_adverts(a_key(77).public, confirm=False)


async def test_a_node_whose_peers_are_all_gone_is_found_by_who_comes_to_it(
    tmp_path: Path,
) -> None:
    home = a_donated_folder(tmp_path / "donor", OWNER.public)
    write_peers(home.peers, [PeerAddress("127.0.0.1", 9)])

    async with a_running_node(home) as alone, a_researcher_in(alone) as overlay:
        async with asyncio.timeout(20):
            advert = await found(overlay, OWNER.public)

    assert advert.node == alone.public


async def test_a_node_comes_back_through_remembered_peers_without_its_seed(
    tmp_path: Path,
) -> None:
    seed_home = a_donated_folder(tmp_path / "seed", STRANGER.public)
    async with contextlib.AsyncExitStack() as stack, asyncio.timeout(50):
        seed = await stack.enter_async_context(a_running_node(seed_home))
        nodes = []
        for name in ("one", "two"):
            home = a_donated_folder(tmp_path / name, OWNER.public, seeds=[str(seed.address)])
            nodes.append(await stack.enter_async_context(a_running_node(home)))
        async with a_researcher_in(seed) as overlay:
            await both_found(overlay)
        await seed.kill()
        for node in nodes:
            node.process.send_signal(signal.SIGTERM)
            await node.process.wait()
        for node in nodes:
            await node.start_again()

        async with a_researcher_in(nodes[0]) as overlay:
            await both_found(overlay)


@contextlib.asynccontextmanager
async def a_researcher_in(node: RunningNode) -> AsyncGenerator[UdpDriver, None]:
    """Somebody with nothing but a node's address."""
    settings = NodeSettings(network=NETWORK)
    overlay = await open_overlay(a_key(500), settings, "127.0.0.1", 0)
    try:
        await overlay.join([node.address])
        yield overlay
    finally:
        await overlay.close()


ASK_AGAIN_S = 0.3
"""Between two looks: peers ration what comes from one address, and here all share one."""


async def found(overlay: UdpDriver, person: PublicKey) -> Advert:
    return (await adverts_once(overlay, person, 1))[0]


async def both_found(overlay: UdpDriver) -> None:
    await adverts_once(overlay, OWNER.public, 2)


async def nobody_found(overlay: UdpDriver, person: PublicKey) -> None:
    await adverts_once(overlay, person, 0)


async def adverts_once(overlay: UdpDriver, person: PublicKey, count: int) -> list[Advert]:
    """What is advertised under a key, once that are so many nodes."""
    while True:
        adverts = await overlay.find_adverts(person)
        if len(adverts) == count:
            return adverts
        await asyncio.sleep(ASK_AGAIN_S)
