"""The prompt, typed at through a pipe."""

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from seattle_p2p.cli.shell.built_in import built_in_words
from seattle_p2p.cli.shell.people import Identities, Identity
from seattle_p2p.cli.shell.plugins import Plugins
from seattle_p2p.cli.shell.prompt import ask_secret, converse
from seattle_p2p.cli.shell.session import Session
from seattle_p2p.errors import UsageError
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import KeyPair

CTRL_C, CTRL_D, ENTER, UP = "\x03", "\x04", "\r", "\x1b[A"


@pytest.fixture
def session():
    table = built_in_words()
    made = Session("test", None, Identities(ask_secret), table, Plugins(table, None, []))
    made.meet(Identity("alice", KeyPair(b"a" * 32).public))
    made.identity = "alice"
    made.known.take_in(Vessel(1, KeyPair(b"n" * 32).public, "v1", ("127.0.0.1:1",)), "alice")
    return made


@pytest.fixture
def typing():
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        yield keys.send_text


async def test_lines_are_typed_and_remembered(session, typing, tmp_path, capsys):
    typing("add %1 to laboratory" + ENTER)
    typing("on laboratory" + ENTER)
    typing(" echo a secret" + ENTER)
    typing("lisst" + ENTER)
    typing("half a line" + CTRL_C)
    typing("show groups" + ENTER + CTRL_D)

    assert await converse(session, tmp_path / "shell" / "history") == 0

    out, err = capsys.readouterr()
    assert session.prompt == "alice@laboratory"
    assert "laboratory  1     %1" in out
    assert "did you mean `list`?" in err
    history = (tmp_path / "shell" / "history").read_text()
    assert "+on laboratory" in history
    assert "secret" not in history
    assert (tmp_path / "shell" / "history").stat().st_mode & 0o077 == 0


async def test_earlier_lines_come_back_in_the_next_session(session, typing, tmp_path, capsys):
    typing("echo one more time" + ENTER + "exit" + ENTER)
    await converse(session, tmp_path / "history")
    session.leaving = False
    typing(UP + UP + ENTER + CTRL_D)

    await converse(session, tmp_path / "history")

    assert capsys.readouterr().out == "one more time\n" * 2


async def test_a_passphrase_is_asked_for_and_may_be_refused(typing):
    typing("correct horse" + ENTER)
    assert await ask_secret("passphrase") == "correct horse"

    typing(CTRL_C)
    with pytest.raises(UsageError, match="no passphrase"):
        await ask_secret("passphrase")
