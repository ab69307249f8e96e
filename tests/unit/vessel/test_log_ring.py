"""The log: offsets never repeat, readers and writers may die at any moment."""

import os
import random

from hypothesis import given, settings
from hypothesis import strategies as st

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
    os.pwrite(ring._fd, b"bb", 4096)
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
