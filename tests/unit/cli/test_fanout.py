import json

import click
import pytest

from seattle_p2p.cli.fanout import Asked, exit_code, finish, pick
from seattle_p2p.cli.main import run
from seattle_p2p.cli.vessels import find_program
from seattle_p2p.errors import NotPermitted, Unreachable, UsageError
from seattle_p2p.experiment.group import GroupResult, Outcome
from seattle_p2p.experiment.session import Experimenter
from seattle_p2p.identity.keys import KeyPair

NODES = [KeyPair(bytes([n]) * 32).public for n in (1, 2, 3)]


@pytest.fixture
def me():
    made = Experimenter(KeyPair(bytes(32)))
    made.memory.remember_vessels([(node, "v1", ("127.0.0.1:1",)) for node in NODES])
    return made


def asked(*, retry_failed=False):
    return Asked("", "seattle", None, 30.0, 32, retry_failed)


def result_of(me, *errors):
    pairs = zip(me.vessels, errors, strict=True)
    return GroupResult(tuple(Outcome(v, None if e else "v", e, 0.1) for v, e in pairs))


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        ((None, None, None), 0),
        ((None, Unreachable("x"), NotPermitted("x")), 3),
        ((Unreachable("x"), Unreachable("x"), NotPermitted("x")), 4),
        ((NotPermitted("x"), NotPermitted("y"), NotPermitted("z")), 5),
    ],
)
def test_exit_codes_tell_all_from_some_from_none_from_refused(me, errors, code):
    assert exit_code(result_of(me, *errors)) == code


def test_people_get_reasons_on_stderr_and_programs_one_document(me, capsys):
    result = result_of(me, None, Unreachable("gone", hint="wait"), Unreachable("gone"))
    with click.Context(click.Command("stop")), pytest.raises(click.exceptions.Exit) as left:
        finish("stop", result, as_json=True)

    out, err = capsys.readouterr()
    assert left.value.exit_code == 3
    document = json.loads(out)
    assert [entry["number"] for entry in document["ok"]] == [1]
    assert [len(reason["vessels"]) for reason in document["reasons"]] == [1, 1]
    assert "failed on 1: gone" in err


def test_words_choose_vessels_and_the_last_failures_can_be_tried_again(me):
    vessels, told = pick(me, "upload", ["1-2"], {"file": "x"}, asked())
    assert [vessel.number for vessel in vessels] == [1, 2]

    me.memory.remember_command("upload", told, vessels[1:])
    again, told = pick(me, "upload", [], {"file": "", "name": ""}, asked(retry_failed=True))

    assert (again, told) == (vessels[1:], {"file": "x"})


def test_retry_failed_beside_targets_or_without_failures_is_a_usage_error(me):
    with pytest.raises(UsageError, match="takes vessels"):
        pick(me, "stop", ["all"], {}, asked(retry_failed=True))
    with pytest.raises(UsageError, match="no `stop` yet"):
        pick(me, "stop", [], {}, asked(retry_failed=True))


@pytest.mark.parametrize(
    "arguments",
    [["run", "all"], ["upload", "all"], ["download", "1"], ["delete", "1"], ["start", "1"]],
)
def test_a_missing_argument_is_a_usage_error_that_shows_how_it_is_written(
    arguments, capsys, tmp_path, monkeypatch
):
    monkeypatch.setenv("SEATTLE_HOME", str(tmp_path))

    assert run(arguments) == 2
    assert f"seattle {arguments[0]} TARGETS" in capsys.readouterr().err


def test_a_program_that_is_not_here_may_be_an_example(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert find_program("hello.r2py").is_file()
    assert not find_program("nosuch.r2py").exists()
    (tmp_path / "hello.r2py").write_text("mine")
    assert find_program("hello.r2py").read_text() == "mine"
