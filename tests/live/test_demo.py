"""The demonstration with real processes: complete, and gone without a trace afterwards."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seattle_p2p.cli.demo_guard import MARKER, end, processes_of
from tests.support.schemas import check

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="/proc"),
]

COMMAND = [sys.executable, "-m", "seattle_p2p.cli.main", "demo"]


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "demo"
    yield place
    end(place)


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, "--dir", str(folder), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until(true, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def everything_gone(folder: Path) -> bool:
    return not folder.exists() and not processes_of(folder)


def test_a_demo_measures_every_pair_and_leaves_nothing(folder):
    demo = start(folder, "--donors", "2", "--json")
    out, err = demo.communicate(timeout=150)

    assert demo.returncode == 0, err
    (facts,) = check("demo", out)
    assert facts["complete"]
    assert facts["clean"]
    assert len(facts["vessels"]) == 4
    for name, row in facts["matrix_ms"].items():
        assert set(row) == set(facts["vessels"]) - {name}
        assert all(0 < value < 5000 for value in row.values())
    assert everything_gone(folder)


@pytest.mark.parametrize("sign", ["seed", "planner", "donor-01", "researcher/neighbours.txt"])
def test_ctrl_c_leaves_nothing_wherever_it_comes(folder, sign):
    demo = start(folder, "--donors", "2")
    wait_until((folder / sign).exists)

    demo.send_signal(signal.SIGINT)
    _, err = demo.communicate(timeout=60)

    assert demo.returncode == 130, err
    assert everything_gone(folder)


def test_a_demo_that_is_killed_is_cleaned_up_after(folder):
    demo = start(folder, "--donors", "2")
    wait_until((folder / "researcher" / "neighbours.txt").exists)

    demo.kill()
    demo.communicate(timeout=30)

    wait_until(lambda: everything_gone(folder))


def test_a_kept_demo_lives_until_it_is_ended(folder):
    demo = start(folder, "--donors", "2", "--keep")
    out, err = demo.communicate(timeout=150)
    assert demo.returncode == 0, err
    assert f"demo --end {folder}" in out

    environment = os.environ | {
        "SEATTLE_HOME": str(folder / "researcher"),
        "SEATTLE_NETWORK": "demo",
    }
    listed = subprocess.run(
        [*COMMAND[:-1], "list", "--json"], env=environment, capture_output=True, check=True
    )
    ended = subprocess.run([*COMMAND, "--end", str(folder)], capture_output=True)

    assert len(json.loads(listed.stdout)["ok"]) == 4
    assert ended.returncode == 0
    assert everything_gone(folder)


def test_a_folder_that_is_no_demo_is_neither_used_nor_removed(tmp_path):
    (tmp_path / "precious").write_text("data")

    used = subprocess.run([*COMMAND, "--dir", str(tmp_path)], capture_output=True)
    ended = subprocess.run([*COMMAND, "--end", str(tmp_path)], capture_output=True)
    nowhere = subprocess.run(
        [*COMMAND, "--dir", str(tmp_path / "no" / "such")], capture_output=True
    )

    assert nowhere.returncode == 1
    assert not (tmp_path / "no").exists()
    assert used.returncode == 1
    assert ended.returncode == 2
    assert (tmp_path / "precious").read_text() == "data"
    with contextlib.suppress(FileNotFoundError):
        assert not (tmp_path / MARKER).exists()
