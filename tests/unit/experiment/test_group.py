import asyncio

import pytest

from seattle_p2p.errors import NotPermitted, Unreachable
from seattle_p2p.experiment.group import PER_NODE, FanOut
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import KeyPair


class ALine:
    """A conversation that remembers whether it was hung up."""

    def __init__(self):
        self.closed = False

    async def close(self):
        self.closed = True


class Nodes:
    """Nodes that count the conversations opened with them; some cannot be reached."""

    def __init__(self, down=(), hang=()):
        self.lines = []
        self.down, self.hang = set(down), set(hang)
        self.open_now = self.most_open = 0

    async def connect(self, node, endpoints):
        if node in self.hang:
            await asyncio.Event().wait()
        if node in self.down:
            raise Unreachable("connection refused", hint="is it running?")
        self.lines.append(ALine())
        return self.lines[-1]


def a_key(index):
    return KeyPair(index.to_bytes(32)).public


def vessels(nodes, each=2):
    return [
        Vessel(node * each + n + 1, a_key(node + 1), f"v{n + 1}", ("127.0.0.1:1",))
        for node in range(nodes)
        for n in range(each)
    ]


async def name_of(line, vessel):
    return vessel.name


async def test_every_vessel_of_a_node_shares_one_conversation_that_is_closed_in_the_end():
    nodes, known = Nodes(), vessels(3, each=4)

    result = await FanOut(nodes.connect).run(known, name_of)

    assert result.ok == {vessel: vessel.name for vessel in known}
    assert len(nodes.lines) == 3
    assert all(line.closed for line in nodes.lines)


async def test_all_who_waited_for_a_conversation_go_on_in_the_same_turn_of_the_loop():
    """So that what they ask of the node goes there in one envelope."""
    turns = 0
    seen = []

    async def count_turns():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def connect(node, endpoints):
        await asyncio.sleep(0.01)
        return ALine()

    async def work(line, vessel):
        seen.append(turns)

    counting = asyncio.create_task(count_turns())
    await FanOut(connect).run(vessels(1, each=PER_NODE), work)
    counting.cancel()

    assert len(seen) == PER_NODE
    assert max(seen) - min(seen) <= 1


async def test_a_node_that_is_down_fails_its_own_vessels_only():
    known = vessels(3)
    nodes = Nodes(down={known[2].node})

    result = await FanOut(nodes.connect).run(known, name_of)

    assert list(result.failed) == known[2:4]
    assert list(result.ok) == known[:2] + known[4:]


async def test_a_node_that_hangs_costs_one_timeout_whatever_it_holds():
    known = vessels(2, each=8)
    nodes = Nodes(hang={known[0].node})

    async with asyncio.timeout(5):
        result = await FanOut(nodes.connect, timeout_s=0.05).run(known, name_of)

    assert list(result.failed) == known[:8]
    assert "0.05 s" in result.reasons[0].message


async def test_reasons_are_grouped_by_text_with_the_commonest_first():
    known = vessels(4)

    async def work(line, vessel):
        raise NotPermitted("no") if vessel.number <= 5 else Unreachable("gone")

    result = await FanOut(Nodes().connect).run(known, work)

    assert [(r.message, len(r.vessels)) for r in result.reasons] == [("no", 5), ("gone", 3)]
    with pytest.raises(NotPermitted, match="8 of 8"):
        result.raise_for_failures()


async def test_after_a_cut_the_next_vessel_of_the_node_has_a_new_conversation(monkeypatch):
    monkeypatch.setattr("seattle_p2p.experiment.group.PER_NODE", 1)
    nodes, seen = Nodes(), []

    async def work(line, vessel):
        seen.append(line)
        if len(seen) == 1:
            raise Unreachable("cut")
        return "done"

    result = await FanOut(nodes.connect).run(vessels(1), work)

    assert len(set(seen)) == 2
    assert all(line.closed for line in nodes.lines)
    assert (len(result.ok), len(result.failed)) == (1, 1)


async def test_no_more_nodes_are_worked_on_at_once_than_allowed():
    now, most = [], 0

    async def work(line, vessel):
        nonlocal most
        now.append(vessel.node)
        most = max(most, len(set(now)))
        await asyncio.sleep(0)
        now.remove(vessel.node)

    await FanOut(Nodes().connect, parallel=3).run(vessels(20), work)

    assert most == 3


async def test_vessels_of_one_node_are_worked_on_side_by_side_but_not_without_bound():
    now = most = 0

    async def work(line, vessel):
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1

    nodes = Nodes()
    result = await FanOut(nodes.connect).run(vessels(1, each=PER_NODE + 5), work)

    assert (most, len(nodes.lines), len(result.ok)) == (PER_NODE, 1, PER_NODE + 5)


async def test_a_node_that_cannot_be_reached_is_tried_once_for_all_its_vessels():
    tried = []

    async def refuse(node, endpoints):
        tried.append(node)
        raise Unreachable("connection refused")

    result = await FanOut(refuse).run(vessels(2, each=40), name_of)

    assert (len(tried), len(result.failed)) == (2, 80)


async def test_one_slow_vessel_keeps_no_other_of_its_node_waiting():
    known = vessels(1, each=4)

    async def work(line, vessel):
        if vessel == known[0]:
            await asyncio.Event().wait()

    result = await FanOut(Nodes().connect, timeout_s=0.05).run(known, work)

    assert (list(result.ok), list(result.failed)) == (known[1:], known[:1])


async def test_outcomes_come_when_they_are_there_and_the_slow_are_named():
    known = vessels(3, each=1)
    release = asyncio.Event()

    async def work(line, vessel):
        if vessel == known[0]:
            await release.wait()

    engine = FanOut(Nodes().connect)
    seen = []
    async for outcome in engine.as_they_come(known, work):
        seen.append(outcome.vessel)
        if len(seen) == 2:
            assert engine.slow(than_s=0) == [known[0]]
            release.set()

    assert seen[-1] == known[0]
    assert engine.slow(than_s=0) == []


async def test_a_reader_that_leaves_early_ends_the_work_and_hangs_up():
    nodes, known = Nodes(), vessels(2, each=1)

    async def work(line, vessel):
        if vessel == known[1]:
            await asyncio.Event().wait()

    stream = FanOut(nodes.connect).as_they_come(known, work)
    await anext(stream)
    await stream.aclose()

    assert all(line.closed for line in nodes.lines)


async def test_an_unforeseen_error_stays_with_its_vessel():
    known = vessels(2, each=1)

    async def work(line, vessel):
        if vessel == known[0]:
            raise ZeroDivisionError("nonsense")

    result = await FanOut(Nodes().connect).run(known, work)

    assert result.failed[known[0]].code == "internal"
    assert list(result.ok) == [known[1]]


async def test_what_names_one_node_does_not_keep_reasons_apart():
    known = vessels(3)

    async def work(line, vessel):
        raise Unreachable(f"node {vessel.node.short} at {vessel.endpoints[0]}: refused")

    several = await FanOut(Nodes().connect).run(known, work)
    one = await FanOut(Nodes().connect).run(known[:2], work)

    assert [(r.message, len(r.vessels)) for r in several.reasons] == [
        ("node … at …: refused", 6)
    ]
    assert known[0].node.short in one.reasons[0].message
