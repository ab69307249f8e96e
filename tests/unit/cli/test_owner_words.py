"""Owners' words in one shot: what is wrong is told before anybody is asked for a passphrase."""

import pytest
from click.testing import CliRunner

from seattle_p2p.cli.main import run, seattle

WORDS = (
    *("info", "users", "owner", "split", "join", "advertise", "keep-running"),
    *("resources", "wait", "collect", "cat", "watch", "schema"),
)


@pytest.fixture(autouse=True)
def nobody(tmp_path, monkeypatch):
    """An account without keys, in an empty folder."""
    monkeypatch.setenv("SEATTLE_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("line", "said", "next_step"),
    [
        ("split 1", "split how?", "--into COUNT"),
        ("split 1 --into 2 --keep 20", "split how?", "--keep PERCENT"),
        ("split 1 --into two", "'two' is not a whole number", "--into COUNT"),
        ("split 1 nosuch.resources", "no file 'nosuch.resources'", "FILE"),
        ("users 1 bob", "no key", "56 characters"),
        ("users 1 me --nobody", "do not go together", "one of them"),
        ("owner 1 bob", "no key", "56 characters"),
        ("owner 1 " + "a" * 56, "", ""),
        ("advertise 1", "on or off?", "seattle advertise TARGETS on|off"),
        ("advertise 1 maybe", "'maybe'", "--help"),
        ("keep-running 1", "on or off?", "seattle keep-running TARGETS on|off"),
        ("logs --since soon", "'soon' is no time", "5m"),
        ("cat 1", "which file?", "seattle cat TARGETS NAME"),
        ("schema nosuch", "no command 'nosuch'", "`seattle schema`"),
        ("split --retry-failed", "", ""),
    ],
)
def test_what_makes_no_sense_is_told_with_the_next_step(capsys, line, said, next_step):
    code = run(line.split())

    err = capsys.readouterr().err
    assert code in (1, 2)
    assert said in err
    assert next_step in err
    assert "next: " in err


@pytest.mark.parametrize("word", WORDS)
def test_help_says_what_it_is_for(word):
    text = CliRunner().invoke(seattle, [word, "--help"]).output

    assert len(text.splitlines()) > 5
    assert "Usage: seattle" in text


@pytest.mark.parametrize("word", ["split", "join", "users", "owner", "info", "advertise"])
def test_help_shows_an_example(word):
    text = CliRunner().invoke(seattle, [word, "--help"]).output

    assert f"seattle {word} " in text.split("Options:")[0].partition("\n\n")[2]
