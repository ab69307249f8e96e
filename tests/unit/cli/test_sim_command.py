"""`seattle sim run`: exit codes, and what is said where."""

import json

import pytest

from seattle_p2p.cli.main import run

TINY = """\
version = 1
[meta]
name = "tiny"
duration_s = 120
[[nodes]]
name = "seeds"
count = 1
role = "bootstrap"
[[nodes]]
name = "donors"
count = 8
join_at_s = 1
join_span_s = 5
[[nodes]]
name = "people"
count = 1
role = "experimenter"
join_at_s = 20
[network]
latency = "constant"
"""


@pytest.fixture
def tiny(tmp_path):
    path = tmp_path / "scenario.toml"
    path.write_text(TINY)
    return path


def test_verdicts_and_seed_are_on_stdout_and_the_code_is_0_when_all_hold(tiny, capsys):
    code = run(["sim", "run", str(tiny), "--seed", "5"])

    out = capsys.readouterr().out
    assert code == 0, out
    assert "seed 5" in out
    assert "every live advertised vessel is found by its owner" in out


def test_json_is_one_document_and_nothing_else(tiny, capsys):
    code = run(["sim", "run", str(tiny), "--json"])

    document = json.loads(capsys.readouterr().out)
    assert code == 0
    assert document.keys() >= {"seed", "trace_hash", "verdicts", "measures"}
    assert all(verdict["holds"] for verdict in document["verdicts"])


def test_a_breach_is_code_3_with_seed_last_events_and_how_to_see_it_again(tiny, capsys):
    tiny.write_text(TINY + '[[expect]]\nmeasure = "discovery.recall"\nat_least = 2\n')

    code = run(
        ["sim", "run", str(tiny), "--keep", str(tiny.parent / "kept"), "--shrink-s", "0"]
    )

    said = capsys.readouterr()
    assert code == 3
    assert "BREACHED" in said.out
    assert f"seattle sim run {tiny} --seed 1" in said.err
    assert "→" in said.err
    assert "→" in (tiny.parent / "kept" / "trace.txt").read_text()


def test_a_breach_leaves_its_smallest_form_which_breaches_again(tiny, capsys):
    tiny.write_text(TINY + '[[expect]]\nmeasure = "discovery.recall"\nat_least = 2\n')
    kept = tiny.parent / "kept"

    run(["sim", "run", str(tiny), "--keep", str(kept), "--shrink-s", "2", "--json"])

    again = json.loads(capsys.readouterr().out)["again"].split()
    assert again[:3] == ["seattle", "sim", "run"]
    assert run([*again[1:], "--keep", str(kept), "--shrink-s", "0"]) == 3


def test_a_bad_scenario_is_refused_before_the_run(tiny, capsys):
    tiny.write_text(TINY.replace("latency =", "latensy ="))

    code = run(["sim", "run", str(tiny)])

    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert "line 20: there is no field 'latensy'" in said.err
    assert "did you mean 'latency'?" in said.err


def test_a_missing_scenario_is_refused(tmp_path, capsys):
    assert run(["sim", "run", str(tmp_path / "none")]) == 2
    assert "cannot read" in capsys.readouterr().err


def test_on_a_terminal_a_line_tells_how_far_it_is(tiny, capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    code = run(["sim", "run", str(tiny), "--json"])

    said = capsys.readouterr()
    json.loads(said.out)
    assert code == 0
    assert "tiny 60/120 s · 10 up" in said.err
    assert "messages/s" in said.err


def test_quiet_says_nothing_on_stderr_before_the_end(tiny, capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    run(["sim", "run", str(tiny), "--json", "--quiet"])

    assert capsys.readouterr().err == ""
