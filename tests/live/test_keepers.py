"""Vessels as a node manager sees them: real processes, and what comes when some die."""

import asyncio
import os
import signal
import subprocess
import sys

import msgspec
import pytest

from seattle_p2p.cli.foreground import exit_code, in_words
from seattle_p2p.errors import NoSuchVessel, OutOfResources, VesselBusy, VesselError
from seattle_p2p.vessel.status import read_status
from tests.support.vessels import (
    alive,
    amounts,
    keepers_in,
    log_of,
    process_state,
    processes_of,
    run,
    start,
    store,
    wait_for_log,
    wait_until_gone,
)

SLEEPER = "log('up')\nsleep(1000)\n"

MANAGER_THAT_IS_KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.support.vessels import start, wait_for_log
from seattle_p2p.vessel.keepers import Keepers
async def main():
    keepers = Keepers(Path(sys.argv[1]), unattended_s=float(sys.argv[3]))
    await keepers.open()
    await start(keepers, sys.argv[2], run_id="first")
    await wait_for_log(keepers, "up")
    if keepers.zygote_pid: os.kill(keepers.zygote_pid, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


def start_under_a_manager_that_is_killed(path, program, unattended_s=600.0):
    done = subprocess.run(
        [sys.executable, "-c", MANAGER_THAT_IS_KILLED, str(path), program, str(unattended_s)],
        timeout=30,
    )
    assert done.returncode == -signal.SIGKILL


async def test_a_program_runs_and_its_end_is_told(tmp_path):
    changes = []
    async with keepers_in(
        tmp_path, on_change=lambda v, s: changes.append((v, s.state))
    ) as keepers:
        status = await run(keepers, "log('hello', callargs)\n", "a", "b")

        assert (status.state, status.cause) == ("ended", "done")
        assert log_of(keepers) == "hello ['a', 'b']"
        assert changes == [("v1", "started"), ("v1", "ended")]
        assert read_status(tmp_path / "v1" / "status").cause == "done"


async def test_vessels_outlive_a_killed_manager_and_zygote_and_are_found_again(tmp_path):
    program = "log('up')\nwhile not listfiles().count('go'):\n    sleep(0.02)\nlog(' and on')\n"
    start_under_a_manager_that_is_killed(tmp_path, program)

    async with keepers_in(tmp_path) as keepers:
        assert keepers.status("v1").state == "started"
        store(keepers.folder("v1", amounts()), "go", b"")
        async with asyncio.timeout(10):
            status = await keepers.wait_end("v1")

        assert (status.cause, log_of(keepers)) == ("done", "up and on")


async def test_a_start_that_a_killed_manager_made_is_not_made_again(tmp_path):
    start_under_a_manager_that_is_killed(tmp_path, SLEEPER)

    async with keepers_in(tmp_path) as keepers:
        before = processes_of(tmp_path / "v1")
        status = await start(keepers, SLEEPER, run_id="first")

        assert status.state == "started"
        assert processes_of(tmp_path / "v1") == before
        assert log_of(keepers) == "up"


async def test_the_same_run_id_starts_nothing_after_the_run_has_ended(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        await run(keepers, "log('once')\n", run_id="r")
        status = await start(keepers, "log('twice')\n", run_id="r")

        assert (status.cause, log_of(keepers)) == ("done", "once")


async def test_two_managers_that_start_one_run_at_once_start_it_once(tmp_path):
    async with keepers_in(tmp_path) as one, keepers_in(tmp_path) as two:
        both = await asyncio.gather(
            start(one, SLEEPER, run_id="r"),
            start(two, SLEEPER, run_id="r"),
            return_exceptions=True,
        )
        await wait_for_log(one, "up")

        assert log_of(one) == "up"
        assert len(processes_of(tmp_path / "v1")) == 2
        assert any(getattr(status, "running", False) for status in both)


async def test_a_second_program_is_refused_while_one_runs(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, SLEEPER)

        with pytest.raises(VesselBusy):
            await start(keepers, SLEEPER)


async def test_a_keeper_without_a_manager_ends_its_vessel(tmp_path):
    start_under_a_manager_that_is_killed(tmp_path, SLEEPER, unattended_s=0.5)
    await wait_until_gone(processes_of(tmp_path / "v1"), 10)

    async with keepers_in(tmp_path) as keepers:
        status = keepers.status("v1")
        assert (status.cause, status.text) == ("unattended", "no node manager for 0.5 s")


async def test_a_vessel_dies_with_its_keeper_and_is_said_to_be_lost(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, "log('up')\nwhile True: pass\n")
        await wait_for_log(keepers, "up")
        keeper, vessel = processes_of(tmp_path / "v1")

        os.kill(keeper, signal.SIGKILL)
        await wait_until_gone([keeper, vessel], 1)
        status = await keepers.wait_end("v1")

        assert (status.state, status.cause) == ("ended", "lost")


async def test_a_keeper_lost_while_no_manager_was_there_is_found_out(tmp_path):
    start_under_a_manager_that_is_killed(tmp_path, SLEEPER)
    pids = processes_of(tmp_path / "v1")
    os.kill(pids[0], signal.SIGKILL)
    await wait_until_gone(pids, 1)

    async with keepers_in(tmp_path) as keepers:
        assert keepers.status("v1").cause == "lost"
        assert log_of(keepers) == "up"
        await run(keepers, "log(' again')\n")
        assert log_of(keepers) == "up again"


@pytest.mark.parametrize(
    "program",
    [
        "while True: pass",
        "while True:\n    try:\n        while True: sleep(0.001)\n    except Exception: pass",
        "def f():\n    while True: pass\nfor i in range(8): createthread(f)\nsleep(1000)",
        "class A:\n    def __del__(self):\n        while True: pass\na = A()\ndel a",
        "sleep(1000)",
        "while True: log('x' * 10000)",
    ],
)
async def test_stop_ends_whatever_a_program_does_within_a_second(tmp_path, program):
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, "log('up')\n" + program)
        await wait_for_log(keepers, "up")
        pids = processes_of(tmp_path / "v1")

        async with asyncio.timeout(1):
            status = await keepers.stop("v1", "alice")

        assert (status.state, status.cause, status.text) == ("stopped", "stopped", "alice")
        assert not any(alive(pid) for pid in pids[1:])


async def test_a_paused_program_stands_still_and_goes_on(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, "while True:\n    log('.')\n    sleep(0.01)\n")
        await wait_for_log(keepers, "...")

        paused = await keepers.pause("v1")
        end = keepers.read_log("v1", 0, 0).end
        _, vessel = processes_of(tmp_path / "v1")
        state = process_state(vessel)
        resumed = await keepers.resume("v1")
        await keepers.wait_log("v1", end)

        assert (paused.state, state, resumed.state) == ("paused", "T", "started")
        assert keepers.read_log("v1", 0, 0).end > end


async def test_a_paused_program_can_be_stopped(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, SLEEPER)
        await keepers.pause("v1")

        status = await keepers.stop("v1", "bob")

        assert status.state == "stopped"


async def test_reset_leaves_nothing_but_the_count_of_the_log(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, SLEEPER)
        await wait_for_log(keepers, "up")

        status = await keepers.reset("v1", "alice")

        assert status.state == "fresh"
        assert log_of(keepers) == ""
        assert keepers.read_log("v1", 0, 10).end == 2
        assert os.listdir(tmp_path / "v1" / "files") == []


async def test_followers_wake_when_the_log_grows_and_when_the_run_ends(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        await start(keepers, "sleep(0.2)\nlog('a')\nsleep(0.2)\n")

        async with asyncio.timeout(5):
            assert await keepers.wait_log("v1", 0) == 1
            assert await keepers.wait_log("v1", 1) == 1
        assert not keepers.status("v1").running


async def test_a_follower_who_comes_after_the_end_waits_for_nothing(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        await run(keepers, "log('a')\n")

        async with asyncio.timeout(5):
            assert await keepers.wait_log("v1", 1) == 1


async def test_a_vessel_works_in_a_folder_with_a_very_long_path(tmp_path):
    deep = tmp_path
    while len(str(deep)) < 300:
        deep = deep / ("d" * 40)
    deep.mkdir(parents=True)
    start_under_a_manager_that_is_killed(deep, SLEEPER)

    async with keepers_in(deep) as keepers:
        assert (await keepers.fresh_status("v1")).state == "started"


async def test_a_program_that_is_not_there_ends_with_a_sentence(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        keepers.make("v1")
        await keepers.start("v1", amounts(), "nothing", [], "r")
        status = await keepers.wait_end("v1")

        assert status.cause == "error"
        assert "cannot be read" in status.text


async def test_an_unknown_vessel_is_said_to_be_unknown(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        with pytest.raises(NoSuchVessel):
            keepers.status("v9")
        with pytest.raises(NoSuchVessel):
            keepers.make("../v1")


async def test_what_a_program_wrote_counts_for_uploads(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        text = (
            "f = openfile('data', True)\nf.writeat('x' * 600000, 0)\nlog('up')\nsleep(1000)\n"
        )
        await start(keepers, text)
        await wait_for_log(keepers, "up")
        folder = keepers.folder("v1", amounts())
        with pytest.raises(OutOfResources):
            folder.put("more", 500_000)
        with pytest.raises(VesselBusy):
            folder.delete("data")


async def test_too_much_written_ends_the_program_for_its_disk(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        text = "f = openfile('data', True)\nf.writeat('x' * 1100000, 0)\nlog('never')\n"
        status = await run(keepers, text)

        assert (status.cause, log_of(keepers)) == ("disk", "")
        assert status.usage.disk <= 1_000_000


async def test_a_program_can_be_started_again_the_moment_it_has_ended(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        for _ in range(20):
            assert (await run(keepers, "log('.')\n")).cause == "done"

        assert log_of(keepers) == "." * 20


async def test_the_layers_that_hold_are_found_out_by_trying(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        held = await keepers.probe()

        assert {"seccomp", "rlimits", "marks", "capabilities"} <= set(held)
        assert keepers.vessel_ids() == []
        assert os.listdir(tmp_path) == []


async def test_a_keeper_that_cannot_work_is_told_without_a_path_of_this_machine(tmp_path):
    async with keepers_in(tmp_path) as keepers:
        (keepers.make("v1") / "log").mkdir()

        with pytest.raises(VesselError, match="did not come up: Is a directory") as failure:
            await start(keepers, SLEEPER)

        assert str(tmp_path) not in failure.value.message


@pytest.mark.parametrize("accepted", [False, True])
async def test_below_the_needed_layers_nothing_runs_unless_accepted(tmp_path, accepted):
    def without_seccomp(launch):
        return msgspec.structs.replace(launch, without=("seccomp",))

    async with keepers_in(tmp_path, accept_weak=accepted) as keepers:
        store(keepers.folder("v1", amounts()), "p", b"log('ran')")
        await keepers.start("v1", amounts(), "p", [], "r", launch_with=without_seccomp)
        status = await keepers.wait_end("v1")

        assert (status.cause, log_of(keepers)) == (
            ("done", "ran") if accepted else ("weak", "")
        )
        assert "seccomp" not in status.layers
        if not accepted:
            assert exit_code(status) == 5
            assert "seccomp" in in_words(status)


async def test_a_keeper_that_is_stuck_holds_up_nobody_and_can_be_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("seattle_p2p.vessel.kept_vessel.ANSWER_S", 0.3)
    start_under_a_manager_that_is_killed(tmp_path, SLEEPER)
    keeper, vessel = processes_of(tmp_path / "v1")
    os.kill(keeper, signal.SIGSTOP)

    async with keepers_in(tmp_path) as keepers:
        assert keepers.status("v1").state == "started"
        status = await keepers.stop("v1", "alice")

        assert status.state == "stopped"
        await wait_until_gone([keeper, vessel], 1)
