import asyncio

import pytest

from seattle_p2p.errors import Unreachable
from seattle_p2p.experiment.bodies import BytesSource
from seattle_p2p.experiment.log_events import Line
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.experiment.work import downloading, fill_in, reading, reading_log, starting
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.wire.results import LogPart

VESSEL = Vessel(7, KeyPair(bytes(32)).public, "v3", ("127.0.0.1:1",))


class ANode:
    """A node with one vessel: a file in pieces, a log; notes what it was asked."""

    def __init__(self, pieces=(), breaks=False, log=b""):
        self.beside = asyncio.Semaphore(1)
        self.pieces, self.breaks, self.log, self.asked = pieces, breaks, log, []

    async def get(self, vessel, name):
        for piece in self.pieces:
            yield piece
        if self.breaks:
            raise Unreachable("cut")

    async def put(self, vessel, name, source):
        self.asked.append(("put", vessel, name))

    async def status(self, vessel):
        return type("Info", (), {"log_end": 42})

    async def start(self, vessel, program, arguments):
        self.asked.append(("start", vessel, program, *arguments))

    async def read_log(self, vessel, offset, since_s=-1.0):
        return LogPart(offset, self.log[offset : offset + 4], len(self.log))


async def test_a_file_is_named_after_its_vessel_when_all_of_it_came(tmp_path):
    path = await downloading("row.txt", tmp_path)(ANode([b"one", b"two"]), VESSEL)

    assert path == tmp_path / f"{VESSEL.node.short}-v3-row.txt"
    assert path.read_bytes() == b"onetwo"


async def test_a_file_that_breaks_off_leaves_the_old_one_and_nothing_else(tmp_path):
    old = tmp_path / f"{VESSEL.node.short}-v3-row.txt"
    old.write_text("old")

    with pytest.raises(Unreachable):
        await downloading("row.txt", tmp_path)(ANode([b"one"], breaks=True), VESSEL)

    assert old.read_text() == "old"
    assert list(tmp_path.iterdir()) == [old]


async def test_a_file_can_be_read_into_memory():
    assert await reading("x")(ANode([b"a", b"b"]), VESSEL) == b"ab"


async def test_starting_uploads_first_and_answers_where_the_log_begins():
    node = ANode()

    offset = await starting("p.r2py", ["{name}", "x"], BytesSource(b"p"))(node, VESSEL)

    assert offset == 42
    assert node.asked == [("put", "v3", "p.r2py"), ("start", "v3", "p.r2py", VESSEL.name, "x")]


async def test_a_log_is_read_to_its_end_over_as_many_answers_as_it_takes():
    events = await reading_log(0)(ANode(log=b"one\ntwo\nthree"), VESSEL)

    assert events == [Line(VESSEL, 0, "one"), Line(VESSEL, 4, "two"), Line(VESSEL, 8, "three")]


def test_whole_words_are_filled_in_and_nothing_else():
    given = ["{name}", "{number}", "{node}", "{vessel}", "x{name}", "{}", ""]

    assert fill_in(given, VESSEL) == [
        VESSEL.name,
        "7",
        VESSEL.node.text,
        "v3",
        "x{name}",
        "{}",
        "",
    ]
