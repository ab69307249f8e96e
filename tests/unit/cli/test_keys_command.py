import io
import json

import pytest

from seattle_p2p.cli.main import run
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.identity.keystore import Keystore


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("SEATTLE_HOME", str(tmp_path))
    monkeypatch.delenv("SEATTLE_KEY", raising=False)
    return tmp_path


def test_new_prints_the_public_key_and_never_the_private_one(home, capsys):
    assert run(["keys", "new", "alice"]) == 0

    out, err = capsys.readouterr()
    key = Keystore(home / "keys").open("alice")
    assert PublicKey.from_text(out) == key.public
    assert key.seed.hex() not in out + err


def test_new_refuses_to_overwrite(home, capsys):
    run(["keys", "new", "alice"])
    before = (home / "keys" / "alice.key").read_bytes()

    assert run(["keys", "new", "alice"]) == 1

    assert (home / "keys" / "alice.key").read_bytes() == before
    assert "not overwritten" in capsys.readouterr().err


def test_a_passphrase_file_seals_the_key(home, tmp_path):
    (tmp_path / "secret").write_text("correct horse\nsecond line\n")

    assert run(["keys", "new", "--passphrase-file", str(tmp_path / "secret")]) == 0

    store = Keystore(home / "keys")
    assert store.find("me").sealed
    assert store.open("me", "correct horse").public == store.find("me").public


def test_an_empty_passphrase_file_is_a_usage_error(tmp_path):
    (tmp_path / "secret").write_text("\n")

    assert run(["keys", "new", "--passphrase-file", str(tmp_path / "secret")]) == 2


def test_list_and_show_speak_json_without_the_private_half(home, capsys):
    run(["keys", "new", "alice", "--json"])
    made = json.loads(capsys.readouterr().out)
    run(["keys", "list", "--json"])
    listed = json.loads(capsys.readouterr().out)
    run(["keys", "show", "alice", "--json"])
    shown = json.loads(capsys.readouterr().out)

    assert listed == [made]
    assert shown == made
    assert set(made) == {"name", "public", "sealed", "path"}


def test_show_takes_the_only_key_or_me_and_asks_when_neither_is_there(capsys):
    assert run(["keys", "show"]) == 1
    run(["keys", "new", "alice"])
    assert run(["keys", "show"]) == 0
    run(["keys", "new", "bob"])
    assert run(["keys", "show"]) == 2
    run(["keys", "new", "me"])
    assert run(["keys", "show"]) == 0
    assert "--key NAME" in capsys.readouterr().err


def test_an_unknown_key_is_a_local_failure_that_names_those_there_are(capsys):
    run(["keys", "new", "alice"])

    assert run(["keys", "show", "bob"]) == 1

    assert "alice" in capsys.readouterr().err


def test_a_damaged_key_file_is_named_and_not_taken_for_no_key(home, capsys):
    run(["keys", "new", "alice"])
    (home / "keys" / "alice.key").write_text("garbage")
    capsys.readouterr()

    run(["keys", "list"])

    err = capsys.readouterr().err
    assert "alice.key cannot be read as a key" in err
    assert "keys new" not in err


def test_a_passphrase_is_asked_for_on_a_terminal_only(home, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    assert run(["keys", "new", "--passphrase"]) == 2

    assert "--passphrase-file" in capsys.readouterr().err
