"""The command core and its client without HTTP: the same conversation over bare bytes."""

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from seattle_p2p.errors import (
    LedgerError,
    MalformedMessage,
    NoLongerPermitted,
    NotPermitted,
    StaleMessage,
    UsageError,
    VersionMismatch,
)
from seattle_p2p.experiment.bodies import BytesSource, Source
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.manager.actions import Actions
from seattle_p2p.manager.commands import CommandCore
from seattle_p2p.manager.effects import Effects
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.memory import Remembered
from seattle_p2p.manager.reads import Reads
from seattle_p2p.manager.uploads import Incoming
from seattle_p2p.vessel.status import VesselStatus
from seattle_p2p.wire.actions import (
    Action,
    Batch,
    DeleteFile,
    Item,
    PutFile,
    Reset,
    Start,
    Stop,
    encode_action,
)
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.bodies import BodyDigest
from seattle_p2p.wire.commands import Command
from seattle_p2p.wire.failed import Failed
from seattle_p2p.wire.results import Results
from tests.support.fake_keepers import FakeKeepers
from tests.support.memory_transport import MemoryTransport, nothing

NODE, OWNER, STRANGER = (KeyPair(bytes([n]) * 32) for n in (1, 2, 3))
RESTRICTIONS = "resource cpu 0.1\nresource memory 1\nresource diskused 100000\n"


class Scene:
    """A core with one vessel, v1."""

    def __init__(self, folder: Path) -> None:
        self.ledger = Ledger(folder / "ledger")
        self.keepers = FakeKeepers(folder / "vessels")
        self.keepers.make(self.ledger.add_vessel(OWNER.public, RESTRICTIONS).name)
        actions = Actions(self.ledger, self.keepers)
        self.effects = Effects(self.ledger, actions)
        self.now = 0.0
        counter = iter(range(1, 10**6))
        self.core = CommandCore(
            NODE,
            network="test",
            layers=(),
            ledger=self.ledger,
            reads=Reads(self.ledger, self.keepers, time.time),
            effects=self.effects,
            clock=lambda: self.now,
            entropy=lambda size: next(counter).to_bytes(size),
        )

    def client(
        self,
        key: KeyPair = OWNER,
        network: str = "test",
        pauses_s: tuple[float, ...] = (0.0,),
    ) -> NodeClient:
        address = PeerAddress("192.0.2.1", 1)
        transport = MemoryTransport(self.core)
        return NodeClient(
            key, NODE.public, [address], transport, network=network, pauses_s=pauses_s
        )

    async def settle(self, action: Action) -> bytes | None:
        """What a restart makes of an intent that a crash left."""
        identity = b"i" * 16
        self.ledger.commands.remember(
            Remembered(identity, OWNER.public, b"d", "v1", encode_action(action), None)
        )
        await self.effects.settle_all()
        assert self.ledger.commands.unsettled() == []
        known = self.ledger.commands.recall(identity)
        return known.outcome if known else None


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    with contextlib.closing(made.ledger), contextlib.closing(made.keepers):
        yield made


async def test_a_whole_conversation_needs_no_socket(scene: Scene) -> None:
    client = scene.client()
    await client.put("v1", "a.r2py", b"x" * 70_000)
    back = b"".join([piece async for piece in client.get("v1", "a.r2py")])
    run = await client.start("v1", "a.r2py")
    await scene.keepers.log("v1", b"hello\n")
    await scene.keepers.end("v1", cause="done")
    log = [part.data async for part in client.follow_log("v1")]

    assert back == b"x" * 70_000
    assert log == [b"hello\n"]
    assert (await client.status("v1")).run == run


async def test_it_refuses_as_it_does_over_https(scene: Scene) -> None:
    with pytest.raises(NotPermitted):
        await scene.client(STRANGER).stop("v1")
    with pytest.raises(VersionMismatch):
        await scene.client(network="other").vessels()
    client = scene.client()
    await client.vessels()
    scene.now += 61
    with pytest.raises(StaleMessage):
        await client.vessels()


async def test_a_vessel_is_not_given_to_a_key_that_nobody_can_hold(scene: Scene) -> None:
    nobody = PublicKey(bytes(32))
    client = scene.client()

    for change in (client.change_owner("v1", nobody), client.change_users("v1", [nobody])):
        with pytest.raises(UsageError, match="nobody can hold"):
            await change

    assert scene.ledger.vessel("v1").owner == OWNER.public


async def test_reads_write_nothing_to_the_ledger(scene: Scene) -> None:
    await scene.client().put("v1", "a.r2py", b"")
    before = scene.ledger.path.with_name("ledger-wal").stat().st_mtime_ns
    client = scene.client()

    await client.vessels()
    await client.status("v1")
    await client.files("v1")
    await client.read_log("v1")
    _ = [piece async for piece in client.get("v1", "a.r2py")]
    with pytest.raises(NotPermitted):
        await scene.client(STRANGER).stop("v1")

    assert scene.ledger.path.with_name("ledger-wal").stat().st_mtime_ns == before


async def test_bytes_that_are_no_envelope_have_nobody_to_answer_to(scene: Scene) -> None:
    with pytest.raises(MalformedMessage):
        await scene.core.answer(scene.core.line(), b"junk", nothing())


async def test_an_internal_failure_is_told_without_details(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(scene.keepers, "read_log", fail)
    from seattle_p2p.errors import InternalError

    with pytest.raises(InternalError) as caught:
        await scene.client().read_log("v1")

    assert "secret" not in caught.value.message
    assert "secret detail" in caplog.text


async def test_a_ledger_that_is_full_is_told_and_nothing_acknowledged_is_lost(
    scene: Scene,
) -> None:
    await scene.client().put("v1", "a.r2py", b"")
    scene.ledger._database.execute("PRAGMA max_page_count = 1")

    async def go_on_until_it_is_full() -> None:
        for number in range(200):
            await scene.client().start("v1", "a.r2py", ["x" * 20_000, str(number)])
            await scene.client().stop("v1")

    with pytest.raises(LedgerError, match="full"):
        await go_on_until_it_is_full()
    starts = scene.keepers.asked.count("start v1")
    acknowledged = [entry for entry in scene.ledger.trail.newest() if entry.action == "start"]
    assert starts - len(acknowledged) <= 1
    assert (await scene.client().status("v1")).name == "v1"


async def test_a_node_that_sends_more_than_it_said_is_not_believed(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scene.client().put("v1", "f", b"four")
    monkeypatch.setattr("seattle_p2p.vessel.folder.VesselFolder.size_of", lambda *_: 3)

    with pytest.raises(MalformedMessage, match="more than 3"):
        _ = [piece async for piece in scene.client().get("v1", "f")]


# What a restart makes of intents


async def test_a_start_that_was_made_is_settled_as_done(scene: Scene) -> None:
    status = VesselStatus(state="started", run_id=(b"i" * 16).hex())
    await scene.keepers._set("v1", status)

    assert await scene.settle(Start("v1", "a.r2py")) is not None
    run = scene.ledger.vessel("v1").run
    assert run is not None
    assert run.id == status.run_id


async def test_a_start_that_was_not_made_is_forgotten_so_that_it_can_come_again(
    scene: Scene,
) -> None:
    assert await scene.settle(Start("v1", "a.r2py")) is None
    assert scene.keepers.asked == []


async def test_a_stop_is_done_when_nothing_runs(scene: Scene) -> None:
    assert await scene.settle(Stop("v1")) is not None


async def test_a_stop_is_forgotten_while_the_program_runs(scene: Scene) -> None:
    await scene.keepers._set("v1", VesselStatus(state="started", run_id="x"))

    assert await scene.settle(Stop("v1")) is None


async def test_a_reset_is_brought_to_its_end(scene: Scene) -> None:
    generation = scene.ledger.vessel("v1").generation

    assert await scene.settle(Reset("v1")) is not None
    assert scene.keepers.asked == ["reset v1"]
    assert scene.ledger.vessel("v1").generation == generation + 1


async def test_a_reset_that_could_not_be_written_down_takes_nothing_that_came_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = scene.client()

    def refuse(command_id: bytes, outcome: bytes) -> None:
        raise LedgerError("disk full")

    with monkeypatch.context() as full:
        full.setattr(scene.ledger.commands, "settle", refuse)
        with pytest.raises(LedgerError):
            await client.reset("v1")
    with pytest.raises(NoLongerPermitted, match="reset meanwhile"):
        await client.put("v1", "later", b"content")
    await client.put("v1", "later", b"content")
    await scene.effects.settle_all()

    assert scene.ledger.commands.unsettled() == []
    assert [file.name for file in (await client.files("v1")).files] == ["later"]


@pytest.mark.parametrize(("stored", "done"), [(b"body", True), (b"else", False), (None, False)])
async def test_an_upload_is_done_when_the_very_content_is_there(
    scene: Scene, stored: bytes | None, done: bool
) -> None:
    if stored is not None:
        await scene.client().put("v1", "f", stored)
    counted = BodyDigest()
    counted.add(b"body")

    outcome = await scene.settle(PutFile("v1", "f", 4, counted.value))

    assert (outcome is not None) == done


@pytest.mark.parametrize("there", [True, False])
async def test_a_deletion_is_done_when_the_file_is_gone(scene: Scene, there: bool) -> None:
    if there:
        await scene.client().put("v1", "f", b"")

    assert (await scene.settle(DeleteFile("v1", "f")) is None) == there


async def test_an_intent_about_a_vessel_that_is_gone_is_forgotten(scene: Scene) -> None:
    scene.ledger.remove_vessel("v1")

    assert await scene.settle(Start("v1", "a.r2py")) is None


class OneBody(BytesSource):
    """Counts how often it was read."""

    reads = 0

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        self.reads += 1
        async for piece in super().pieces():
            yield piece


def with_three(scene: Scene) -> list[str]:
    """Three vessels of OWNER."""
    rows = [scene.ledger.add_vessel(OWNER.public, RESTRICTIONS) for _ in range(2)]
    for row in rows:
        scene.keepers.make(row.name)
    return ["v1", *(row.name for row in rows)]


def a_put(client: NodeClient, vessel: str, source: BytesSource, name: str = "f") -> Item:
    action = PutFile(vessel, name, source.size, source.digest)
    return Item(client.make(action).id, action)


async def send_batch(client: NodeClient, items: list[Item], body: Source | None) -> list[str]:
    """Codes of what came of each."""
    answer = await client.send(client.make(Batch(tuple(items))), body)
    assert isinstance(answer, Results)
    return [r.code if isinstance(r, Failed) else "ok" for r in answer.results]


async def test_one_body_is_stored_in_every_vessel_that_may_have_it(scene: Scene) -> None:
    names, body, client = with_three(scene), OneBody(b"x" * 90_000), scene.client()
    await client.put("v2", "old", bytes(50_000))
    foreign = scene.ledger.add_vessel(STRANGER.public, RESTRICTIONS).name
    scene.keepers.make(foreign)
    items = [a_put(client, name, body) for name in (*names, foreign, "v77")]

    codes = await send_batch(client, items, body)

    assert codes == ["ok", "vessel.out_of_resources", "ok", "not_permitted", "not_permitted"]
    assert body.reads == 1
    assert [(await client.files(name)).used_bytes for name in names] == [90_000, 50_000, 90_000]
    assert (await scene.client(STRANGER).files(foreign)).files == ()


async def test_a_batch_sent_again_acts_once_and_answers_the_same(scene: Scene) -> None:
    names, body, client = with_three(scene), OneBody(b"new"), scene.client()
    items = [a_put(client, name, body) for name in names]
    start = Start("v1", "f")
    assert await send_batch(client, items, body) == ["ok"] * 3
    items.append(Item(client.make(start).id, start))
    await client.delete("v2", "f")

    assert await send_batch(client, items, body) == ["ok"] * 4
    assert await send_batch(client, items, body) == ["ok"] * 4

    assert (await client.files("v2")).files == ()
    assert scene.keepers.asked == ["start v1"]
    assert (body.reads, scene.ledger.commands.unsettled()) == (1, [])


async def test_a_batch_that_waits_for_nothing_reads_no_body(scene: Scene) -> None:
    names = with_three(scene)
    client, read = scene.client(STRANGER), []

    async def pieces() -> AsyncGenerator[bytes, None]:
        read.append(1)
        yield b""

    source = BytesSource(b"x")
    items = [a_put(client, name, source) for name in names]
    incoming = Incoming([Command(item.id, item.action) for item in items], pieces())
    for item in items:
        with pytest.raises(NotPermitted):
            await scene.effects.carry_out(
                STRANGER.public, Command(item.id, item.action), incoming
            )
    await incoming.close()

    assert read == []


async def test_a_body_that_breaks_its_promise_is_stored_nowhere(scene: Scene) -> None:
    names, client = with_three(scene), scene.client()
    promised, sent = BytesSource(b"promised"), BytesSource(b"other!!!")
    items = [a_put(client, name, promised) for name in names]

    assert await send_batch(client, items, sent) == ["peer.malformed"] * 3
    assert [(await client.files(name)).used_bytes for name in names] == [0, 0, 0]


async def test_batches_that_make_no_sense_are_refused_as_a_whole(scene: Scene) -> None:
    client, one, two = scene.client(), BytesSource(b"one"), BytesSource(b"two")
    item = a_put(client, "v1", one)

    for items, why in (
        ([item, item], "same id"),
        ([item, a_put(client, "v1", two)], "not the same"),
    ):
        with pytest.raises(MalformedMessage, match=why):
            await send_batch(client, items, one)

    assert (await client.files("v1")).files == ()


async def test_uploads_to_many_vessels_wait_for_the_disk_together(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, client = with_three(scene), scene.client()
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", synced.append)

    await asyncio.gather(*(client.put(name, "f", b"content") for name in names))

    assert len(synced) == 1
    assert [entry.action for entry in scene.ledger.trail.newest()] == ["put"] * 3


class Held(BytesSource):
    """A body that stays on its way until its sender is gone."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.reached, self.gone = asyncio.Event(), asyncio.Event()

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        yield b""
        self.reached.set()
        await self.gone.wait()
        raise ConnectionResetError


async def test_a_command_that_comes_again_beside_its_first_try_is_done_once_that_broke(
    scene: Scene,
) -> None:
    with_three(scene)
    held, whole = Held(b"content"), BytesSource(b"content")
    first, again = scene.client(), scene.client(pauses_s=(0.0, 0.0))
    put = first.make(PutFile("v1", "f", held.size, held.digest))
    begun = asyncio.create_task(first.send(put, held))
    await held.reached.wait()

    others = [
        asyncio.create_task(again.send(put, whole)),
        asyncio.create_task(again.put("v2", "f", whole)),
    ]
    await asyncio.sleep(0.01)
    held.gone.set()
    with pytest.raises(ConnectionResetError):
        await begun
    await asyncio.gather(*others)

    assert [(await again.files(name)).used_bytes for name in ("v1", "v2")] == [7, 7]
    done = [entry.vessel for entry in scene.ledger.trail.newest() if entry.outcome == "ok"]
    assert sorted(done) == ["v1", "v2"]


async def test_a_body_that_breaks_off_stops_nothing_else_of_its_batch(scene: Scene) -> None:
    with_three(scene)
    client, held = scene.client(), Held(b"content")
    await client.put("v2", "p", b"")
    scene.keepers.gate.clear()
    start = Start("v2", "p")
    items = [a_put(client, "v1", held), Item(client.make(start).id, start)]
    sending = asyncio.create_task(send_batch(client, items, held))
    await held.reached.wait()
    await scene.keepers.reached.wait()

    held.gone.set()
    await asyncio.sleep(0.01)
    scene.keepers.gate.set()
    with pytest.raises(ConnectionResetError):
        await sending

    assert scene.keepers.status("v2").running
    assert scene.ledger.commands.unsettled() == []
    assert (await client.files("v1")).used_bytes == 0
