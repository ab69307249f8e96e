"""The log: offsets never repeat, readers and writers may die at any moment."""

import os
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from seattle_p2p.vessel import log_ring
from seattle_p2p.vessel.log_ring import LogRing, OpenLog, read_log


@settings(max_examples=60, deadline=None)
@given(pieces=st.lists(st.binary(max_size=90), max_size=40))
def test_the_last_bytes_are_kept_at_their_offsets(pieces, tmp_path_factory):
    path = tmp_path_factory.mktemp("ring") / "log"
    ring = LogRing(path, capacity=64)
    for piece in pieces:
        ring.append(piece)
    everything = b"".join(pieces)

    part = read_log(path, 0, 1000)

    assert part.end == len(everything)
    assert part.start == max(0, len(everything) - 64)
    assert part.data == everything[part.start :]
    ring.close()


def test_a_reader_gets_what_it_asks_for_and_where_it_ends(tmp_path):
    ring = LogRing(tmp_path / "log", capacity=64)
    ring.append(b"0123456789")

    part = read_log(tmp_path / "log", 3, 4)

    assert (part.start, part.data, part.end) == (3, b"3456", 10)
    ring.close()


def test_offsets_go_on_after_the_log_was_emptied(tmp_path):
    ring = LogRing(tmp_path / "log", capacity=64)
    ring.append(b"before")
    ring.clear()
    ring.append(b"after")

    part = read_log(tmp_path / "log", 0, 100)

    assert (part.start, part.data, part.end) == (6, b"after", 11)
    ring.close()


def test_offsets_go_on_in_the_next_process(tmp_path):
    for word in (b"one ", b"two ", b"three"):
        ring = LogRing(tmp_path / "log", capacity=64)
        ring.append(word)
        ring.close()

    assert read_log(tmp_path / "log", 0, 100).data == b"one two three"


def test_what_a_killed_writer_had_begun_to_overwrite_is_not_shown(tmp_path):
    ring = LogRing(tmp_path / "log", capacity=16)
    ring.append(b"a" * 16)
    ring._write_header(20)  # killed here: four bytes announced, none finished
    os.pwrite(ring._fd, b"bb", log_ring._DATA)
    ring.close()

    again = LogRing(tmp_path / "log")

    assert read_log(tmp_path / "log", 0, 100).data == b"a" * 12
    again.append(b"c")
    assert read_log(tmp_path / "log", 0, 100).data == b"a" * 11 + b"a" + b"c"
    again.close()


def test_a_damaged_log_is_begun_anew(tmp_path):
    (tmp_path / "log").write_bytes(random.Random(3).randbytes(5000))

    ring = LogRing(tmp_path / "log", capacity=64)

    assert ring.end == 0
    ring.close()


def test_a_log_that_does_not_exist_yet_is_empty(tmp_path):
    log = OpenLog(tmp_path / "log")

    assert log.read(0, 10).data == b""

    ring = LogRing(tmp_path / "log", capacity=64)
    ring.append(b"here")
    assert log.read(0, 10).data == b"here"
    ring.close()
    log.close()


class Clock:
    """A wall clock that stands where it is put."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def written(path, pieces, *, capacity=4096):
    """A log with these (seconds later, bytes), and the time of each of its bytes."""
    clock, times = Clock(), []
    ring = LogRing(path, capacity=capacity, wall=clock)
    for later, piece in pieces:
        clock.now += later
        ring.append(piece)
        times += [clock.now] * len(piece)
    ring.close()
    return times


def when(part, offset):
    """What the marks of a stretch say of one byte; None when they do not know."""
    known = [moment for begun, moment in part.marks if begun <= offset]
    return known[-1] if known else None


@settings(max_examples=60, deadline=None)
@given(
    pieces=st.lists(
        st.tuples(st.sampled_from([0, 0.02, 5]), st.binary(min_size=1, max_size=9)),
        min_size=1,
        max_size=90,
    ),
    offset=st.integers(0, 200),
    limit=st.integers(1, 60),
)
def test_every_byte_knows_when_it_came(pieces, offset, limit, tmp_path_factory):
    path = tmp_path_factory.mktemp("ring") / "log"
    times = written(path, pieces)

    part = read_log(path, offset, limit)

    stop = part.start + len(part.data)
    assert [when(part, i) for i in range(part.start, stop)] == times[part.start : stop]


def test_times_are_known_for_as_many_marks_as_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(log_ring, "MARKS", 64)
    times = written(tmp_path / "log", [(1, b"x")] * 300)

    part = read_log(tmp_path / "log", 0, 1000)

    found = [when(part, i) for i in range(300)]
    assert found == [None] * (300 - 63) + times[-63:]


def test_a_stretch_ends_where_it_would_have_too_many_marks(tmp_path):
    written(tmp_path / "log", [(1, b"x")] * 3000)

    part = read_log(tmp_path / "log", 100, 3000)

    assert len(part.data) == len(part.marks) == log_ring.MAX_PART_MARKS


def test_what_came_since_a_moment_is_found(tmp_path):
    times = written(tmp_path / "log", [(1, b"ab")] * 200)
    log = OpenLog(tmp_path / "log")

    assert log.since(0) == 0
    assert log.since(times[0] + 0.5) == 2
    assert log.since(times[100]) == 100
    assert log.since(times[-1] + 1) == 400
    log.close()


def test_a_clock_that_is_set_back_is_marked_as_it_is(tmp_path):
    times = written(tmp_path / "log", [(0, b"a"), (-500, b"b"), (1, b"c")])

    part = read_log(tmp_path / "log", 0, 9)

    assert [when(part, i) for i in range(3)] == times == [1000.0, 500.0, 501.0]


def test_marks_go_on_in_the_next_process(tmp_path):
    first = written(tmp_path / "log", [(0, b"a"), (1, b"b")])
    second = written(tmp_path / "log", [(60, b"c")])

    part = read_log(tmp_path / "log", 0, 9)

    assert [when(part, i) for i in range(3)] == first + second
