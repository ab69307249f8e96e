import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from seattle_p2p.cli import main as cli


def seattle(home: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a shell line in which `$S` is the command, with `home` for its files."""
    return subprocess.run(
        ["bash", "-c", command],
        env={
            **os.environ,
            "SEATTLE_HOME": str(home),
            "S": f"{sys.executable} -m seattle_p2p.cli.main",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("command", ["keys list", "keys show", "--help", "planner new -"])
def test_a_full_disk_behind_stdout_is_told_in_words(tmp_path, command):
    seattle(tmp_path, "$S keys new")

    said = seattle(tmp_path, f"$S {command} > /dev/full")

    assert said.returncode == 1
    assert "error: the system refused: No space left on device" in said.stderr
    assert "Traceback" not in said.stderr
    assert "Exception ignored" not in said.stderr


def test_a_full_disk_is_told_on_stderr_when_json_cannot_be_written(tmp_path):
    said = seattle(tmp_path, "$S keys list --json > /dev/full")

    assert said.returncode == 1
    assert said.stderr.startswith("error: the system refused")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "2>/dev/full", "| true"])
def test_streams_that_take_nothing_never_show_a_traceback(tmp_path, closed):
    seattle(tmp_path, "$S keys new")

    said = seattle(tmp_path, f"$S keys list {closed}")

    assert "Traceback" not in said.stderr + said.stdout
    assert "Exception ignored" not in said.stderr + said.stdout


def test_no_command_at_all_shows_the_help_and_is_a_usage_error(capsys):
    assert cli.run([]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Usage: seattle")
    assert "error:" not in err


def test_what_the_system_refuses_is_an_error_in_words(monkeypatch, capsys):
    @click.command()
    @click.option("--json", is_flag=True)
    def refused(json: bool) -> None:
        raise FileNotFoundError(2, "No such file or directory", "/proc/x")

    monkeypatch.setattr(cli.seattle, "get_command", lambda _ctx, _name: refused)

    assert cli.run(["download", "--json"]) == 1

    out, err = capsys.readouterr()
    assert json.loads(out)["error"]["message"].endswith("No such file or directory (/proc/x)")
    assert "next: " in err


def test_a_mistake_of_our_own_is_told_without_a_traceback(monkeypatch, capsys):
    def broken(_arguments: object) -> int:
        raise KeyError("x")

    monkeypatch.setattr(cli, "run", broken)
    monkeypatch.delenv("SEATTLE_TRACEBACK", raising=False)

    with pytest.raises(SystemExit) as left:
        cli.main(["keys", "list"])

    assert left.value.code == 1
    assert "seattle itself made a mistake: KeyError: 'x'" in capsys.readouterr().err
