"""Key files: private, sealed on request, never overwritten."""

import json
import stat

import pytest

from seattle_p2p.errors import KeystoreError, UsageError
from seattle_p2p.identity.keystore import Keystore, generate, read_key_file


@pytest.fixture
def store(tmp_path):
    return Keystore(tmp_path / "keys")


def test_key_comes_back_as_it_was_saved(store):
    pair = generate()

    saved = store.save("alice", pair)

    assert store.open("alice").seed == pair.seed
    assert store.open(pair.public.text[:10]).seed == pair.seed
    assert stat.S_IMODE(saved.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o700
    assert [key.name for key in store.list()] == ["alice"]


def test_sealed_key_opens_with_its_passphrase_only(store):
    pair = generate()
    saved = store.save("alice", pair, "correct horse")

    assert saved.sealed
    assert pair.seed.hex() not in saved.path.read_text()
    assert store.open("alice", "correct horse").seed == pair.seed
    with pytest.raises(KeystoreError, match="does not open"):
        store.open("alice", "wrong")
    with pytest.raises(KeystoreError, match="sealed"):
        store.open("alice")


def test_key_is_never_overwritten(store):
    first = store.save("alice", generate())
    before = first.path.read_bytes()

    with pytest.raises(KeystoreError, match="not overwritten"):
        store.save("alice", generate())

    assert first.path.read_bytes() == before
    assert [path.name for path in store.folder.iterdir()] == ["alice.key"]


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 65, "ü"])
def test_names_that_are_no_file_names_are_refused(store, name):
    with pytest.raises(UsageError):
        store.save(name, generate())


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: {},
        lambda content: content | {"private": "zz"},
        lambda content: content | {"private": "00" * 32},
        lambda content: content | {"public": "nonsense"},
        lambda content: content | {"public": 7},
        lambda content: content | {"sealed": True},
        lambda content: (
            content | {"sealed": True, "salt": "00", "ops": 10**9, "mem": 1, "box": ""}
        ),
    ],
)
def test_damaged_key_file_is_told_in_words(store, damage):
    path = store.save("alice", generate()).path
    path.write_text(json.dumps(damage(json.loads(path.read_text()))))

    with pytest.raises(KeystoreError):
        read_key_file(path, "passphrase")


def test_key_file_that_others_can_read_is_refused(store):
    path = store.save("alice", generate()).path
    path.chmod(0o644)

    with pytest.raises(KeystoreError, match="other accounts"):
        store.open("alice")


def test_missing_key_names_those_there_are(store):
    store.save("alice", generate())

    with pytest.raises(KeystoreError, match="alice") as refused:
        store.open("bob")

    assert "seattle keys new bob" in refused.value.hint
