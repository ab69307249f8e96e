"""The guard ends what belongs to a demo, and nothing else."""

import os
import signal
import subprocess
import sys
import time

import pytest

from seattle_p2p.cli.demo_guard import MARKER, VARIABLE, end, processes_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/proc")

SLEEP = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
)


@pytest.fixture
def started():
    processes = []

    def start(*command, **environment):
        made = subprocess.Popen(
            command,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        processes.append(made)
        return made

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "demo"
    place.mkdir()
    (place / MARKER).touch()
    return place


def test_processes_of_the_demo_end_even_stubborn_or_stopped_ones(folder, started):
    ours = [
        started(sys.executable, "-c", SLEEP, "seattle_p2p.cli.main", str(folder / "donor-01")),
        started(sys.executable, "-c", SLEEP, "/usr/bin/seattle", **{VARIABLE: str(folder)}),
        started(sys.executable, "-c", STUBBORN, "seattle_p2p.x", str(folder)),
    ]
    ours[2].stdout.readline()
    os.kill(ours[0].pid, signal.SIGSTOP)
    while set(processes_of(folder)) != {process.pid for process in ours}:
        time.sleep(0.01)  # until the last of them has become the program it is

    assert end(folder) == 0
    assert [process.wait(5) for process in ours] == [-15, -15, -9]
    assert not folder.exists()


def test_what_people_do_in_the_folder_with_other_programs_is_left_alone(folder, started):
    with (folder / "notes").open("w") as notes:
        reader = started("tail", "-f", notes.name)
    other = started(sys.executable, "-c", SLEEP, "seattle_p2p.cli.main", str(folder) + "-too")
    time.sleep(0.1)

    assert processes_of(folder) == []
    assert reader.poll() is other.poll() is None


def test_a_folder_without_the_marker_is_not_touched(tmp_path):
    (tmp_path / "precious").touch()

    assert end(tmp_path) == 1
    assert (tmp_path / "precious").exists()
