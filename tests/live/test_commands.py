"""Ordinary commands over real HTTPS, program fakes behind them."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from seattle_p2p.errors import NoLongerPermitted, NoSuchFile, OutOfResources, VersionMismatch
from seattle_p2p.experiment.bodies import open_file
from seattle_p2p.experiment.https import HttpsTransport
from seattle_p2p.experiment.peer import NodeClient
from tests.support.served_node import OWNER, STRANGER, USER, ServedNode, a_served_node


@pytest.fixture
async def node(tmp_path: Path) -> AsyncGenerator[ServedNode, None]:
    async with a_served_node(tmp_path / "node") as served:
        yield served


async def test_everyone_sees_the_vessels_of_their_own_key_only(node: ServedNode) -> None:
    node.add_vessel(owner=STRANGER, users=[])

    owners = await node.client(OWNER).vessels()
    users = await node.client(USER).vessels()
    strangers = await node.client(STRANGER).vessels()

    assert [(v.name, v.role, v.users) for v in owners] == [("v1", "owner", (USER.public.raw,))]
    assert [(v.name, v.role, v.users) for v in users] == [("v1", "user", ())]
    assert [v.name for v in strangers] == ["v2"]


async def test_a_file_goes_up_and_comes_back_whole(node: ServedNode, tmp_path: Path) -> None:
    content = bytes(range(256)) * 2000
    (tmp_path / "data").write_bytes(content)
    client = node.client(USER)

    await client.put("v1", "data.bin", await open_file(tmp_path / "data"))
    back = b"".join([piece async for piece in client.get("v1", "data.bin")])
    files = await client.files("v1")

    assert back == content
    assert [(file.name, file.size) for file in files.files] == [("data.bin", len(content))]
    assert files.used_bytes == len(content)


async def test_a_program_starts_is_seen_running_and_stops(node: ServedNode) -> None:
    client = node.client(USER)
    await client.put("v1", "hello.r2py", b"log('hi')")

    run = await client.start("v1", "hello.r2py", ["a", "b=c"])
    running = await client.status("v1")
    await client.stop("v1")
    stopped = await client.status("v1")

    assert (running.state, running.run, running.arguments) == ("started", run, ("a", "b=c"))
    assert (stopped.state, stopped.text) == ("stopped", USER.public.short)


async def test_starting_what_is_not_there_says_so(node: ServedNode) -> None:
    with pytest.raises(NoSuchFile, match=r"missing\.r2py"):
        await node.client().start("v1", "missing.r2py")

    assert node.keepers.asked == []


async def test_a_log_is_followed_to_the_end_of_the_run(node: ServedNode) -> None:
    client = node.client()
    await client.put("v1", "hello.r2py", b"")
    await client.start("v1", "hello.r2py")
    seen = []

    async with asyncio.TaskGroup() as tasks:

        async def follow() -> None:
            async for part in client.follow_log("v1"):
                seen.append(part.data)
                await node.keepers.end("v1", cause="done")

        tasks.create_task(follow())
        await node.keepers.log("v1", b"first line\n")

    assert b"".join(seen) == b"first line\n"
    assert (await client.read_log("v1", 6)).data == b"line\n"


async def test_a_follower_whose_right_is_taken_is_told(node: ServedNode) -> None:
    await node.client().put("v1", "hello.r2py", b"")
    await node.client().start("v1", "hello.r2py")
    await node.keepers.log("v1", b"for all\n")
    seen = []

    async def follow() -> None:
        async for part in node.client(USER).follow_log("v1"):
            seen.append(part.data)
            await node.client().change_users("v1", [])
            await node.keepers.log("v1", b"not for you\n")

    with pytest.raises(NoLongerPermitted):
        await follow()

    assert seen == [b"for all\n"]


async def test_a_follower_goes_on_when_the_rights_of_others_change(node: ServedNode) -> None:
    await node.client().put("v1", "hello.r2py", b"")
    await node.client().start("v1", "hello.r2py")
    await node.keepers.log("v1", b"one\n")
    seen = []

    async for part in node.client().follow_log("v1"):
        seen.append(part.data)
        if len(seen) == 1:
            await node.client().change_users("v1", [])
            await node.keepers.log("v1", b"two\n")
        else:
            await node.keepers.end("v1", cause="done")

    assert seen == [b"one\n", b"two\n"]


async def test_more_than_the_disk_is_refused_with_both_numbers(node: ServedNode) -> None:
    with pytest.raises(OutOfResources, match="diskused"):
        await node.client().put("v1", "big", bytes(2_000_000))

    assert (await node.client().files("v1")).used_bytes == 0


async def test_another_network_is_told_in_words(node: ServedNode) -> None:
    other = NodeClient(
        OWNER, node.public, [node.address], HttpsTransport(), network="elsewhere"
    )

    with pytest.raises(VersionMismatch, match=r"'test'.*'elsewhere'"):
        await other.vessels()
    await other.close()


async def test_fifty_commands_at_once_all_get_their_own_answer(node: ServedNode) -> None:
    client = node.client()
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(client.status("v1") for _ in range(50)))

    assert {answer.name for answer in answers} == {"v1"}
