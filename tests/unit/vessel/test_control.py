"""Messages between node manager and keeper, and the status file."""

import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.vessel.control import (
    MAX_FRAME,
    Changed,
    Frames,
    Hello,
    Launch,
    LogGrew,
    Pause,
    Stop,
    WatchLog,
    decode_from_keeper,
    decode_launch,
    decode_to_keeper,
    encode_launch,
    frame,
)
from seattle_p2p.vessel.status import Usage, VesselStatus, read_status, write_status

STATUS = VesselStatus(state="ended", cause="error", text="ValueError: x", line=3, run_id="r")


def test_messages_come_back_as_they_were():
    for message in (Hello(1, 7, STATUS), Changed(STATUS), LogGrew(9)):
        (body,) = Frames().feed(frame(message))
        assert decode_from_keeper(body) == message
    for message in (Stop("alice"), Pause(True), WatchLog(5)):
        (body,) = Frames().feed(frame(message))
        assert decode_to_keeper(body) == message


@given(cut=st.integers(1, 40))
def test_messages_are_whole_however_the_stream_is_cut(cut):
    stream = frame(Stop("alice")) + frame(Pause(False)) + frame(WatchLog(3))
    frames = Frames()

    bodies = [
        body for at in range(0, len(stream), cut) for body in frames.feed(stream[at : at + cut])
    ]

    assert [decode_to_keeper(b) for b in bodies] == [Stop("alice"), Pause(False), WatchLog(3)]


def test_a_length_that_is_too_large_is_refused_at_once():
    with pytest.raises(MalformedMessage, match="limit"):
        Frames().feed((MAX_FRAME + 1).to_bytes(4, "big"))


@given(data=st.binary(max_size=60))
def test_any_bytes_are_a_message_or_malformed(data):
    for decode in (decode_from_keeper, decode_to_keeper):
        with contextlib.suppress(MalformedMessage):
            decode(data)


def test_a_launch_comes_back_as_it_was():
    launch = Launch(
        vessel_id="v1",
        run_id="r",
        state_dir="/s",
        files_dir="/f",
        program="p",
        arguments=("a", "ä"),
        restrictions="resource cpu 1",
    )

    assert decode_launch(encode_launch(launch)) == launch


def test_a_status_file_is_read_back(tmp_path):
    status = VesselStatus(
        state="started", run_id="r", usage=Usage(cpu_s=1.5), layers=("seccomp",)
    )
    write_status(tmp_path / "status", STATUS)
    write_status(tmp_path / "status", status)

    assert read_status(tmp_path / "status") == status
    assert os.listdir(tmp_path) == ["status"]


@pytest.mark.parametrize(
    "damaged", [b"", b"{", b'{"version":1}', b'{"status":{"state":"gone"}}']
)
def test_a_damaged_status_file_is_a_fresh_vessel(tmp_path, damaged):
    (tmp_path / "status").write_bytes(damaged)

    assert read_status(tmp_path / "status") == VesselStatus()


def test_a_status_that_cannot_be_written_leaves_the_old_one(tmp_path, monkeypatch):
    write_status(tmp_path / "status", STATUS)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="space"):
        write_status(tmp_path / "status", VesselStatus(state="stopped"))

    assert read_status(tmp_path / "status") == STATUS
    assert os.listdir(tmp_path) == ["status"]
