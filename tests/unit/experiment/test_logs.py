import asyncio
import itertools

from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import NotPermitted, Unreachable
from seattle_p2p.experiment.log_events import MAX_LINE_BYTES, End, Gap, Line, Lines
from seattle_p2p.experiment.logs import follow
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.wire.results import LogPart, LogPiece


def a_vessel(number=1):
    return Vessel(number, KeyPair(bytes([number]) * 32).public, "v1", ("127.0.0.1:1",))


def parts_of(data, cuts, start=0):
    """`data` in pieces, cut at the given places."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [
        LogPart(start + a, data[a:b], start + len(data)) for a, b in itertools.pairwise(places)
    ]


def texts(events):
    return [event.text for event in events if isinstance(event, Line)]


def taken(lines, parts):
    events = [event for part in parts for event in lines.take(part)]
    return events + lines.rest()


@given(st.lists(st.text("ab\n", max_size=9), max_size=5), st.lists(st.integers(0, 99)))
def test_lines_are_the_same_however_the_log_is_cut(words, cuts):
    data = "".join(words).encode()

    whole = taken(Lines(a_vessel(), 0), parts_of(data, []))
    cut = taken(Lines(a_vessel(), 0), parts_of(data, cuts))

    assert cut == whole
    assert texts(whole) == data.decode().removesuffix("\n").split("\n") if data else not whole


def test_each_line_knows_the_offset_of_its_first_byte():
    events = taken(Lines(a_vessel(), 100), [LogPart(100, b"one\ntwo\n", 108)])

    assert [event.offset for event in events] == [100, 104]


def test_what_came_once_does_not_come_again():
    lines = Lines(a_vessel(), 0)

    events = taken(lines, [LogPart(0, b"one\ntw", 6), LogPart(2, b"e\ntwo\n", 8)])

    assert texts(events) == ["one", "two"]
    assert lines.following == 8


def test_a_gap_is_named_and_what_was_begun_before_it_is_shown():
    lines = Lines(a_vessel(), 0)

    events = taken(lines, [LogPart(0, b"one\ntw", 6), LogPart(50, b"ten\n", 54)])

    assert texts(events) == ["one", "tw", "ten"]
    assert [e for e in events if isinstance(e, Gap)] == [Gap(a_vessel(), 6, 44)]


def test_a_log_that_does_not_begin_at_zero_has_no_gap_in_front():
    assert texts(taken(Lines(a_vessel(), 0), [LogPart(50, b"x\n", 52)])) == ["x"]


def test_a_line_without_end_comes_in_pieces():
    events = taken(Lines(a_vessel(), 0), [LogPart(0, b"x" * (MAX_LINE_BYTES + 10), 0)])

    assert [len(text) for text in texts(events)] == [MAX_LINE_BYTES, 10]


class AClient:
    """Follows a log that was written beforehand, then ends, breaks off or waits for ever."""

    def __init__(self, script):
        self.script, self.closed = script, False

    async def follow_logs(self, logs):
        for item in self.script:
            if isinstance(item, Exception):
                raise item
            if item is None:
                await asyncio.Event().wait()
            if isinstance(item, LogPart):
                item = LogPiece(logs[0].vessel, item)
            yield item

    async def close(self):
        self.closed = True


async def test_logs_of_many_vessels_come_as_one_stream_that_ends_with_each_of_them():
    vessels = [a_vessel(number) for number in (1, 2, 3)]
    scripts = {
        vessels[0].node: [LogPart(0, b"a\nb", 3)],
        vessels[1].node: [NotPermitted("no")],
        vessels[2].node: [LogPart(0, b"c\n", 2), Unreachable("cut")],
    }
    clients = []

    async def connect(node, endpoints):
        clients.append(AClient(scripts[node]))
        return clients[-1]

    events = [event async for event in follow(vessels, connect)]

    assert sorted(texts(events)) == ["a", "b", "c"]
    ends = {e.vessel: e.error and type(e.error) for e in events if isinstance(e, End)}
    assert ends == {vessels[0]: None, vessels[1]: NotPermitted, vessels[2]: Unreachable}
    assert all(client.closed for client in clients)


async def test_a_reader_who_leaves_hangs_up_everywhere():
    clients = []

    async def connect(node, endpoints):
        clients.append(AClient([LogPart(0, b"a\n", 2), None]))
        return clients[-1]

    stream = follow([a_vessel(1), a_vessel(2)], connect)
    await anext(stream)
    await anext(stream)
    await stream.aclose()

    assert all(client.closed for client in clients)


async def test_a_node_that_does_not_greet_is_given_up():
    async def connect(node, endpoints):
        await asyncio.Event().wait()

    events = [event async for event in follow([a_vessel()], connect, timeout_s=0.02)]

    assert isinstance(events[0].error, Unreachable)
