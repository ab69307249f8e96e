"""A real node manager process, real vessels, a real client."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.support.donated import RunningNode, a_donated_folder, a_running_node
from tests.support.served_node import OWNER, USER

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
