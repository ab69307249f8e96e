"""What a node answers is checked at the door: it becomes names of files and of vessels."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.vessel.folder import is_file_name
from seattle_p2p.wire.commands import encode
from seattle_p2p.wire.results import (
    Divided,
    FileInfo,
    Files,
    LogPart,
    LogPiece,
    United,
    VesselInfo,
    Vessels,
    log_piece_door,
    result_door,
)

LEADING_ELSEWHERE = (
    "../../.bashrc",
    "/etc/passwd",
    "..",
    ".",
    "",
    ".hidden",
    "a/b",
    "a\\b",
    "UPPER",
    "two\nlines",
    "ok\n",
    "\x1b[2J",
    "x" * 121,
)
NO_VESSELS = ("v1/../../x", "../v1", "v0", "v", "1", "v1\n", "V1", "v1 ", "v" + "9" * 16)
INFO = VesselInfo(
    name="v1",
    role="owner",
    owner=bytes(32),
    users=(),
    information="",
    advertise=True,
    generation=0,
    state="fresh",
    cause="",
    text="",
    line=0,
    run="",
    program="",
    arguments=(),
    for_s=-1.0,
    log_start=0,
    log_end=0,
    restrictions="",
    used={},
)


def refused(result):
    with pytest.raises(MalformedMessage):
        result_door.decode(encode(result))
    return True


@pytest.mark.parametrize("name", LEADING_ELSEWHERE)
def test_a_file_name_that_leads_elsewhere_is_malformed(name):
    assert refused(Files((FileInfo("fine", 1), FileInfo(name, 1)), 1, 1))


@given(st.text(alphabet="abz09._-/\\AZ\n\0é ", max_size=125))
def test_nodes_can_name_exactly_the_files_that_vessels_can_hold(name):
    files = Files((FileInfo(name, 1),), 1, 1)

    if is_file_name(name):
        assert result_door.decode(encode(files)) == files
    else:
        assert refused(files)


@pytest.mark.parametrize("name", NO_VESSELS)
def test_a_vessel_that_is_named_otherwise_than_vessels_are_is_malformed(name):
    assert refused(Vessels((msgspec.structs.replace(INFO, name=name),)))
    assert refused(Divided((name,), "v2"))
    assert refused(Divided(("v1",), name))
    assert refused(United(name))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 1e300])
def test_numbers_that_nobody_can_reckon_with_are_malformed(number):
    assert refused(Vessels((msgspec.structs.replace(INFO, for_s=number),)))
    assert refused(Vessels((msgspec.structs.replace(INFO, used={"cpu_s": number}),)))
    assert refused(LogPart(0, b"", 0, clock=number))
    assert refused(LogPart(0, b"", 0, marks=((0, number),)))
    piece = LogPiece("v1", LogPart(0, b"", 0, clock=number))
    with pytest.raises(MalformedMessage):
        log_piece_door.decode(encode(piece))


def test_sizes_and_offsets_below_nothing_are_malformed():
    assert refused(Files((FileInfo("f", -1),), 0, 0))
    assert refused(LogPart(-1, b"", 0))
    assert refused(Vessels((msgspec.structs.replace(INFO, log_end=-1),)))


def test_what_an_honest_node_says_comes_through():
    for result in (
        Vessels((INFO,), "resource cpu .1\n"),
        Files((FileInfo("a.r2py", 3), FileInfo("_-.x", 0)), 3, 10),
        LogPart(5, b"x", 6, 1.7e9, ((5, 1.7e9),)),
        Divided(("v2", "v3"), "v999999999999999"),
    ):
        assert result_door.decode(encode(result)) == result
