"""Commands that are asked for together go together, and each gets what is its own."""

import asyncio
from itertools import count

import pytest

from seattle_p2p.errors import MalformedMessage, NotPermitted, Unreachable
from seattle_p2p.experiment.batching import AT_ONCE, Batcher
from seattle_p2p.experiment.bodies import BytesSource, Source
from seattle_p2p.wire.actions import (
    Batch,
    PutFile,
    Start,
    Stop,
)
from seattle_p2p.wire.commands import Command, encode
from seattle_p2p.wire.failed import Failed, failed
from seattle_p2p.wire.limits import MAX_BATCH, MAX_COMMAND_BYTES
from seattle_p2p.wire.results import Done, Result, Results


class Node:
    """Takes commands in, answers when its gate is open, refuses vessel v13."""

    def __init__(self) -> None:
        self.sent: list[tuple[Command, Source | None]] = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.reached = asyncio.Event()
        self.answer: Result | Exception | None = None
        self.cut = 0

    async def send(self, command: Command, body: Source | None) -> Result:
        self.sent.append((command, body))
        self.reached.set()
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cut += 1
            raise
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is not None:
            return self.answer
        action = command.action
        if isinstance(action, Batch):
            return Results(tuple(self.one(item.action.vessel) for item in action.items))
        assert isinstance(action, Start | Stop | PutFile)
        return self.one(action.vessel)

    def one(self, vessel: str) -> Done | Failed:
        return failed(NotPermitted("no")) if vessel == "v13" else Done()

    @property
    def sizes(self) -> list[int]:
        """How many commands went in each message."""
        actions = [command.action for command, _ in self.sent]
        return [len(a.items) if isinstance(a, Batch) else 1 for a in actions]


@pytest.fixture
def node() -> Node:
    return Node()


@pytest.fixture
def batcher(node: Node) -> Batcher:
    numbers = count(1000)
    return Batcher(node.send, lambda: next(numbers).to_bytes(16))


def a_stop(number: int) -> Command:
    return Command(number.to_bytes(16), Stop(f"v{number}"))


async def test_what_is_asked_in_one_turn_of_the_loop_goes_as_one(
    node: Node, batcher: Batcher
) -> None:
    results = await asyncio.gather(*(batcher.ask(a_stop(n), None) for n in range(10, 16)))

    assert node.sizes == [6]
    assert [type(result) for result in results] == [Done, Done, Done, Failed, Done, Done]


async def test_a_single_command_goes_as_itself(node: Node, batcher: Batcher) -> None:
    assert await batcher.ask(a_stop(1), None) == Done()
    assert node.sent == [(a_stop(1), None)]


async def test_what_comes_while_one_is_on_its_way_gathers_up_to_a_bound(
    node: Node, batcher: Batcher
) -> None:
    node.gate.clear()
    first = asyncio.create_task(batcher.ask(a_stop(1), None))
    await node.reached.wait()
    others = [
        asyncio.create_task(batcher.ask(a_stop(n), None)) for n in range(2, MAX_BATCH + 7)
    ]
    await asyncio.sleep(0)
    node.gate.set()
    await asyncio.gather(first, *others)

    assert node.sizes == [1, MAX_BATCH, 5]


async def test_heads_stay_below_their_limit(node: Node, batcher: Batcher) -> None:
    commands = [Command(n.to_bytes(16), Start("v1", "p", ("x" * 20_000,))) for n in range(1, 8)]
    await asyncio.gather(*(batcher.ask(command, None) for command in commands))

    assert sum(node.sizes) == 7
    assert all(len(encode(command)) < MAX_COMMAND_BYTES - 512 for command, _ in node.sent)


async def test_one_body_goes_for_the_same_content_and_others_wait(
    node: Node, batcher: Batcher
) -> None:
    same, other = BytesSource(b"same"), BytesSource(b"other")

    def a_put(number: int, source: BytesSource) -> Command:
        action = PutFile(f"v{number}", "f", source.size, source.digest)
        return Command(number.to_bytes(16), action)

    await asyncio.gather(
        batcher.ask(a_put(1, same), same),
        batcher.ask(a_put(2, other), other),
        batcher.ask(a_put(3, same), same),
        batcher.ask(a_stop(4), None),
    )

    assert node.sizes == [3, 1]
    assert [body for _, body in node.sent] == [same, other]


async def test_the_same_command_twice_goes_in_two_batches(node: Node, batcher: Batcher) -> None:
    await asyncio.gather(*(batcher.ask(a_stop(n), None) for n in (1, 1, 2)))

    assert node.sizes == [2, 1]


async def test_what_becomes_of_the_whole_becomes_of_each(node: Node, batcher: Batcher) -> None:
    for answer, expected in (
        (Unreachable("cut"), Unreachable),
        (Done(), MalformedMessage),
        (Results((Done(),)), MalformedMessage),
    ):
        node.answer = answer
        found = await asyncio.gather(
            *(batcher.ask(a_stop(n), None) for n in (1, 2)), return_exceptions=True
        )
        assert [type(each) for each in found] == [expected] * 2
    node.answer = failed(NotPermitted("no"))
    found = await asyncio.gather(*(batcher.ask(a_stop(n), None) for n in (1, 2)))
    assert found == [node.answer] * 2


async def test_who_gives_up_stops_nobody_else_and_the_last_one_hangs_up(
    node: Node, batcher: Batcher
) -> None:
    node.gate.clear()
    asked = [asyncio.create_task(batcher.ask(a_stop(n), None)) for n in (1, 2)]
    await node.reached.wait()
    late = asyncio.create_task(batcher.ask(a_stop(3), None))
    await asyncio.sleep(0)

    asked[0].cancel()
    await asyncio.wait([asked[0]])
    assert node.cut == 0
    asked[1].cancel()
    await asyncio.wait([asked[1]])
    node.gate.set()

    assert await late == Done()
    assert (node.cut, node.sizes) == (1, [2, 1])


async def test_a_command_taken_back_before_it_went_does_not_go(
    node: Node, batcher: Batcher
) -> None:
    node.gate.clear()
    first = asyncio.create_task(batcher.ask(a_stop(1), None))
    await node.reached.wait()
    second = asyncio.create_task(batcher.ask(a_stop(2), None))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([second])
    node.gate.set()
    await first
    await batcher.ask(a_stop(3), None)

    assert node.sent == [(a_stop(1), None), (a_stop(3), None)]


async def test_a_batch_that_takes_long_holds_up_the_next_for_a_moment_only(
    node: Node, batcher: Batcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seattle_p2p.experiment.batching.PATIENCE_S", 0.01)
    node.gate.clear()
    slow = [asyncio.create_task(batcher.ask(a_stop(1), None))]
    for number in range(2, AT_ONCE + 3):
        await node.reached.wait()
        node.reached.clear()
        slow.append(asyncio.create_task(batcher.ask(a_stop(number), None)))
        if len(node.sent) == AT_ONCE:
            slow.append(asyncio.create_task(batcher.ask(a_stop(number + 1), None)))
            break
    assert node.sizes == [1] * AT_ONCE

    node.gate.set()
    await asyncio.gather(*slow)

    assert node.sizes == [1] * AT_ONCE + [2]


async def test_after_the_end_those_who_wait_are_told(node: Node, batcher: Batcher) -> None:
    node.gate.clear()
    first = asyncio.create_task(batcher.ask(a_stop(1), None))
    await node.reached.wait()
    second = asyncio.create_task(batcher.ask(a_stop(2), None))
    await asyncio.sleep(0)

    await batcher.close()

    found = await asyncio.gather(first, second, return_exceptions=True)
    assert [type(each) for each in found] == [Unreachable] * 2
    assert node.cut == 1
