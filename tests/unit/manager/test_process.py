"""Which process is the node manager of a folder."""

import json
import subprocess
import sys

import pytest

from seattle_p2p.manager.process import end_recorded, find_recorded, recorded

HANGS = """
import signal, sys, time
sys.path[:0] = {path!r}
from pathlib import Path
from seattle_p2p.manager.process import recorded
signal.signal(signal.SIGTERM, signal.SIG_IGN)
with recorded(Path({file!r})):
    print("there", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def hanging(tmp_path):
    """A process that wrote itself down and hears no SIGTERM, and the file."""
    file = tmp_path / "manager.json"
    code = HANGS.format(path=sys.path, file=str(file))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"there\n"
        yield process, file
        process.kill()


def test_a_process_writes_itself_down_only_as_long_as_it_is_there(tmp_path):
    file = tmp_path / "manager.json"

    with recorded(file):
        assert file.exists()
        assert find_recorded(file) is None  # oneself is nobody to end

    assert not file.exists()


def test_a_process_is_found_by_number_and_moment(hanging):
    process, file = hanging
    said = json.loads(file.read_text())

    assert find_recorded(file).pid == process.pid

    file.write_text(json.dumps(said | {"started": said["started"] - 60}))
    assert find_recorded(file) is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"pid": "x", "started": 0}', "\0"])
def test_a_damaged_file_names_nobody(tmp_path, content):
    (tmp_path / "manager.json").write_text(content)

    assert find_recorded(tmp_path / "manager.json") is None
    assert find_recorded(tmp_path / "none.json") is None


async def test_a_process_that_does_not_hear_is_ended_all_the_same(hanging, monkeypatch):
    _, file = hanging
    monkeypatch.setattr("seattle_p2p.manager.process._GENTLE_S", 0.2)

    assert await end_recorded(file)

    assert find_recorded(file) is None
    assert not await end_recorded(file)
