"""Two processes on one core while calls come quickly, and only then."""

import os
import subprocess
from collections.abc import Iterator

import pytest

from seattle_p2p.vessel.jail import libc
from seattle_p2p.vessel.loop import Loop
from seattle_p2p.vessel.one_core import OneCore


class Clockwork(Loop):
    """The keeper's loop with a clock that is moved by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = 100.0

    def now(self) -> float:
        return self.clock

    def pass_time(self, seconds: float) -> None:
        self.clock += seconds
        self._run_timers()


ALL = os.sched_getaffinity(0)
several_cores = pytest.mark.skipif(len(ALL) < 2, reason="there is one core only")


@pytest.fixture
def loop() -> Iterator[Clockwork]:
    made = Clockwork()
    yield made
    made.close()
    os.sched_setaffinity(0, ALL)


@pytest.fixture
def other() -> Iterator[int]:
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process.pid
        process.kill()


def call_quickly(core: OneCore, loop: Clockwork) -> None:
    for _ in range(3):
        loop.pass_time(0.001)
        core.on_calls()


@several_cores
def test_quick_calls_bring_both_to_one_core(loop, other):
    call_quickly(OneCore(loop, other), loop)

    assert os.sched_getaffinity(other) == os.sched_getaffinity(0)
    assert len(os.sched_getaffinity(other)) == 1


def test_slow_calls_leave_both_where_they_are(loop, other):
    core = OneCore(loop, other)
    for _ in range(10):
        loop.pass_time(0.05)
        core.on_calls()

    assert os.sched_getaffinity(other) == os.sched_getaffinity(0) == ALL


@pytest.mark.parametrize("how", ["asked", "in time"])
def test_both_are_let_go(loop, other, how):
    core = OneCore(loop, other)
    call_quickly(core, loop)
    if how == "asked":
        core.let_go()
    else:
        loop.pass_time(1.0)

    assert os.sched_getaffinity(other) == os.sched_getaffinity(0) == ALL


@several_cores
def test_a_conversation_that_goes_on_is_brought_together_again(loop, other):
    core = OneCore(loop, other)
    call_quickly(core, loop)
    loop.pass_time(1.0)
    call_quickly(core, loop)

    assert len(os.sched_getaffinity(other)) == 1


@several_cores
def test_what_somebody_chose_for_the_keeper_comes_back(loop, other):
    chosen = set(sorted(ALL)[:2])
    os.sched_setaffinity(0, chosen)
    core = OneCore(loop, other)
    call_quickly(core, loop)
    core.let_go()

    assert os.sched_getaffinity(0) == chosen


def test_a_vessel_that_may_not_be_moved_leaves_the_keeper_free(loop, monkeypatch):
    def refuse(pid: int, cores: set[int]) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    call_quickly(OneCore(loop, 1), loop)
    monkeypatch.undo()

    assert os.sched_getaffinity(0) == ALL


def test_a_machine_that_does_not_tell_cores_is_left_alone(loop, other, monkeypatch):
    def unknown() -> int:
        raise OSError

    monkeypatch.setattr(libc, "current_core", unknown)
    call_quickly(OneCore(loop, other), loop)

    assert os.sched_getaffinity(other) == ALL
