"""`kill -9` of the node manager at seeded moments: nothing acknowledged is ever lost.

Programs count in the log of one vessel while another vessel's files, program and settings are
changed by commands. Half of the kills come while such a command is on its way.
"""

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from seattle_p2p.errors import Unreachable
from seattle_p2p.experiment.bodies import BytesSource
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.wire.actions import (
    Batch,
    ChangeInformation,
    DeleteFile,
    Item,
    PutFile,
    Start,
    Stop,
)
from seattle_p2p.wire.results import VesselInfo
from tests.support.donated import RunningNode, a_donated_folder, a_running_node
from tests.support.served_node import OWNER, USER

TICKING = b"""
count = 0
while True:
    log(str(count) + '\\n')
    count = count + 1
    sleep(0.02)
"""
SLEEPING = b"while True:\n    sleep(60)\n"


@dataclass
class Believed:
    """What the researcher may rely on: everything that was acknowledged."""

    files: dict[str, bytes] = field(default_factory=dict)
    information: str = ""
    run: str = ""
    running: bool = False


@pytest.mark.timeout(180)
async def test_twenty_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    await kill_often(tmp_path, kills=20, seed=1)


@pytest.mark.long
@pytest.mark.timeout(1500)
async def test_two_hundred_kills_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    await kill_often(tmp_path, kills=200, seed=2)


async def kill_often(tmp_path: Path, *, kills: int, seed: int) -> None:
    rng = random.Random(seed)
    home = a_donated_folder(tmp_path / "donor", OWNER.public, vessels=2, users=[USER.public])
    async with a_running_node(home) as node, node.client(OWNER) as client:
        await client.put("v1", "tick.r2py", TICKING)
        ticking = await client.start("v1", "tick.r2py")
        await client.put("v2", "sleep.r2py", SLEEPING)
        believed = Believed(files={"sleep.r2py": SLEEPING})
        counter = Counter()
        for number in range(kills):
            if number % 2:
                await kill_with_a_command_in_flight(node, client, believed, rng)
            else:
                await change_something(client, believed, rng)
                await asyncio.sleep(rng.uniform(0, 0.03))
                await node.kill()
                await node.start_again()
            await require_believed(client, believed)
            await counter.read_on(client, ticking)
        assert counter.lines > kills


async def kill_with_a_command_in_flight(
    node: RunningNode, client: NodeClient, believed: Believed, rng: random.Random
) -> None:
    """The command goes again under its id until it is answered; so it acts exactly once."""
    command, body, expect = a_change(client, believed, rng)
    sending = asyncio.create_task(client.send(command, body))
    await asyncio.sleep(rng.uniform(0, 0.02))
    await node.kill()
    try:
        await node.start_again()
        await sending
    except Unreachable:
        # Its patience was shorter than the restart; the same command, sent once more.
        await client.send(command, body)
    expect()


async def change_something(client: NodeClient, believed: Believed, rng: random.Random) -> None:
    command, body, expect = a_change(client, believed, rng)
    await client.send(command, body)
    expect()


def a_change(client: NodeClient, believed: Believed, rng: random.Random):
    """A command that is sure to be accepted, and what is true once it was."""
    kinds = ["put", "put", "batch", "information", "stop" if believed.running else "start"]
    if len(believed.files) > 1:
        kinds.append("delete")
    kind = rng.choice(kinds)
    if kind == "put":
        name, content = f"f{rng.randrange(4)}", rng.randbytes(rng.choice([10, 70_000, 500_000]))
        source = BytesSource(content)

        def stored() -> None:
            believed.files[name] = content

        action = PutFile("v2", name, source.size, source.digest)
        return client.make(action), source, stored
    if kind == "batch":
        content, text = rng.randbytes(70_000), f"label {rng.randrange(1000)}"
        source, names = BytesSource(content), rng.sample(["f0", "f1", "f2", "f3"], 3)
        actions = [PutFile("v2", name, source.size, source.digest) for name in names]
        parts = (*actions, ChangeInformation("v2", text))
        items = tuple(Item(client.make(part).id, part) for part in parts)

        def all_done() -> None:
            believed.files.update(dict.fromkeys(names, content))
            believed.information = text

        return client.make(Batch(items)), source, all_done
    if kind == "delete":
        gone = rng.choice([name for name in believed.files if name != "sleep.r2py"])
        return client.make(DeleteFile("v2", gone)), None, lambda: believed.files.pop(gone)
    if kind == "information":
        text = f"label {rng.randrange(1000)}"

        def labelled() -> None:
            believed.information = text

        return client.make(ChangeInformation("v2", text)), None, labelled
    if kind == "start":
        command = client.make(Start("v2", "sleep.r2py"))

        def started() -> None:
            believed.running, believed.run = True, command.id.hex()

        return command, None, started

    def stopped() -> None:
        believed.running = False

    return client.make(Stop("v2")), None, stopped


async def require_believed(client: NodeClient, believed: Believed) -> None:
    info: VesselInfo = await client.status("v2")
    assert info.information == believed.information
    assert (info.state == "started") == believed.running
    if believed.running:
        assert info.run == believed.run
    files = await client.files("v2")
    assert {file.name: file.size for file in files.files} == {
        name: len(content) for name, content in believed.files.items()
    }
    assert files.used_bytes == sum(map(len, believed.files.values()))
    for name, content in believed.files.items():
        found = b"".join([piece async for piece in client.get("v2", name)])
        assert found == content


class Counter:
    """Reads a counting program's log on and on: every line once, in order."""

    def __init__(self) -> None:
        self.lines = 0
        self._offset = 0
        self._torn = b""

    async def read_on(self, client: NodeClient, run: str) -> None:
        info = await client.status("v1")
        assert (info.state, info.run) == ("started", run)
        part = await client.read_log("v1", self._offset)
        assert part.start == self._offset
        *whole, self._torn = (self._torn + part.data).split(b"\n")
        assert whole == [str(self.lines + n).encode() for n in range(len(whole))]
        self.lines += len(whole)
        self._offset = part.start + len(part.data)
