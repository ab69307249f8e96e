"""The donor's line to a running node manager."""

import asyncio
import socket

import msgspec
import pytest

from seattle_p2p.errors import Unreachable, UsageError, VesselBusy
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.manager import control
from seattle_p2p.manager.control import (
    ManagerReport,
    Question,
    ask,
    ask_overlay,
    serve_control,
)
from seattle_p2p.manager.home import CONTROL_SOCKET
from seattle_p2p.net.inside import look_into
from seattle_p2p.overlay.core import Role, Statistics
from seattle_p2p.overlay.views import TableView
from seattle_p2p.wire.endpoints import Endpoint

ANN = KeyPair(bytes(32)).public
STATISTICS = Statistics(
    role=Role.SERVER,
    contacts=1,
    buckets=1,
    size_estimate=0,
    records=0,
    outstanding=0,
    activities=0,
    acquaintances=0,
    timers=0,
    published=0,
    counts={"received.Ping": 1},
)

REPORT = ManagerReport(
    1, "k", "lab", "p", 10.0, [], [], 3, "yes", "", False, None, [], ["seccomp"], []
)


class Glass:
    """An overlay that is easy to look into."""

    id = ANN.node_id
    endpoints = (Endpoint("127.0.0.1", 4711),)
    seen_at = None

    def statistics(self):
        return STATISTICS

    def tables(self):
        return [TableView("IPv4", (), 0, 0, 0)]


class Seed:
    """A node that has no donor."""

    async def look_into(self):
        return look_into(Glass(), ANN, "lab")


class Recorder:
    """A node manager that writes down what it is asked to do."""

    def __init__(self):
        self.done = []

    async def report(self):
        return REPORT

    async def look_into(self):
        return look_into(Glass(), ANN, "lab")

    async def pause(self, for_s):
        self.done.append(("pause", for_s))

    async def resume(self):
        raise VesselBusy("no", hint="wait")

    async def stop(self):
        raise OSError(28, "No space left on device")


async def test_control_hands_over_the_report(tmp_path):
    async with serve_control(tmp_path, Recorder()):
        assert await ask(tmp_path, Question("report")) == REPORT


async def test_control_shows_the_overlay_of_donors_and_seeds(tmp_path):
    for node in (Recorder(), Seed()):
        async with serve_control(tmp_path, node):
            report = await ask_overlay(tmp_path)

        assert report.id == f"{ANN.node_id:040x}"
        assert report.addresses == ["127.0.0.1:4711"]
        assert report.statistics == STATISTICS


async def test_a_seed_does_nothing_that_only_donors_nodes_can(tmp_path):
    async with serve_control(tmp_path, Seed()):
        with pytest.raises(UsageError, match="nobody asks"):
            await ask(tmp_path, Question("stop"))


async def test_control_carries_out_what_is_asked_and_says_no_more(tmp_path):
    manager = Recorder()

    async with serve_control(tmp_path, manager):
        assert await ask(tmp_path, Question("pause", for_s=7.5)) is None

    assert manager.done == [("pause", 7.5)]


async def test_control_brings_errors_back_as_their_own_class(tmp_path):
    async with serve_control(tmp_path, Recorder()):
        with pytest.raises(VesselBusy) as told:
            await ask(tmp_path, Question("resume"))
        with pytest.raises(UsageError):
            await ask(tmp_path, Question("dance"))
        with pytest.raises(Exception, match="No space left"):
            await ask(tmp_path, Question("stop"))

    assert told.value.hint == "wait"


async def test_control_works_in_a_folder_deeper_than_socket_names_may_be(tmp_path):
    deep = tmp_path / ("a folder with blanks " * 5) / ("d" * 120)
    deep.mkdir(parents=True)

    async with serve_control(deep, Recorder()):
        assert await ask(deep, Question("report")) == REPORT


async def test_control_replaces_the_socket_of_a_dead_manager_and_leaves_none(tmp_path):
    stale = socket.socket(socket.AF_UNIX)
    stale.bind(str(tmp_path / CONTROL_SOCKET))
    stale.close()
    with pytest.raises(Unreachable):
        await ask(tmp_path, Question("report"))

    async with serve_control(tmp_path, Recorder()):
        assert await ask(tmp_path, Question("report")) == REPORT

    assert not (tmp_path / CONTROL_SOCKET).exists()


async def test_control_hears_nobody_but_its_own_account(tmp_path, monkeypatch):
    def refuse(connection):
        raise PermissionError("another account")

    monkeypatch.setattr(control, "require_same_user", refuse)

    async with serve_control(tmp_path, Recorder()):
        with pytest.raises(Unreachable):
            await ask(tmp_path, Question("report"))


async def test_control_survives_lines_that_are_no_questions(tmp_path):
    async with serve_control(tmp_path, Recorder()):
        for bad in (b"{]\n", b"\xff\xff\n", b"", b"x" * 400_000):
            reader, writer = await asyncio.open_unix_connection(str(tmp_path / CONTROL_SOCKET))
            writer.write(bad)
            writer.write_eof()
            try:
                answer = await reader.read()
            except ConnectionError:
                answer = b""
            writer.close()
            assert not answer or msgspec.json.decode(answer)["code"] == "usage"
        assert await ask(tmp_path, Question("report")) == REPORT
