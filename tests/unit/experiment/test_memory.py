import pytest

from seattle_p2p.errors import SeattleError, UsageError
from seattle_p2p.experiment import memory as module
from seattle_p2p.experiment.memory import MAX_CONTACTS, Memory
from seattle_p2p.identity.keys import KeyPair

A, B = (KeyPair(bytes([n]) * 32).public for n in (1, 2))
AT = ("127.0.0.1:1",)


@pytest.fixture(params=["file", "nowhere"])
def memory(request, tmp_path):
    return Memory(tmp_path / "research" / "me.json" if request.param == "file" else None)


def test_vessels_keep_their_numbers_for_ever(memory):
    memory.remember_vessels([(A, "v1", AT), (A, "v2", AT)])
    memory.remember_vessels([(B, "v1", AT), (A, "v2", AT)])
    found = memory.remember_vessels([(A, "v1", AT), (A, "v2", AT), (B, "v1", AT)])

    assert [(v.number, v.node, v.id) for v in found] == [
        (1, A, "v1"),
        (2, A, "v2"),
        (3, B, "v1"),
    ]
    assert memory.vessels == found


def test_only_what_was_found_last_is_known(memory):
    memory.remember_vessels([(A, "v1", AT), (B, "v1", AT)])
    memory.remember_vessels([(B, "v1", AT)])

    assert [vessel.number for vessel in memory.vessels] == [2]


def test_the_latest_contacts_come_first_and_old_ones_are_forgotten(memory):
    memory.remember_contacts(f"127.0.0.1:{port}" for port in range(1, 100))
    memory.remember_contacts(["127.0.0.1:5000", "127.0.0.1:2"])

    assert memory.contacts[:3] == ["127.0.0.1:5000", "127.0.0.1:2", "127.0.0.1:1"]
    assert len(memory.contacts) == MAX_CONTACTS


def test_the_last_command_is_known_with_where_it_failed(memory):
    known = memory.remember_vessels([(A, "v1", AT)])
    memory.remember_command("start", {"program": "p", "arguments": ["1"]}, known)

    last = memory.last_command("start")

    assert last.failed == (known[0].name,)
    assert last.arguments == {"program": "p", "arguments": ["1"]}


def test_there_is_nothing_to_try_again_before_or_after_success(memory):
    with pytest.raises(UsageError, match="no `stop` yet"):
        memory.last_command("stop")
    memory.remember_command("stop", {}, [])
    with pytest.raises(UsageError, match="failed nowhere"):
        memory.last_command("stop")


def test_a_file_outlives_the_program(tmp_path):
    path = tmp_path / "me.json"
    Memory(path).remember_vessels([(A, "v1", AT)])

    assert [vessel.endpoints for vessel in Memory(path).vessels] == [AT]
    assert [entry.name for entry in tmp_path.iterdir()] == ["me.json"]


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"seattle_research": 9}', '{"vessels": 1}']
)
def test_a_damaged_file_is_an_error_that_says_what_to_do(tmp_path, content):
    (tmp_path / "me.json").write_text(content)

    with pytest.raises(SeattleError) as caught:
        _ = Memory(tmp_path / "me.json").vessels

    assert "me.json" in caught.value.message
    assert caught.value.hint


def test_vessels_that_somebody_made_up_do_not_lock_their_owner_out(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_FILE_BYTES", 20_000)
    memory = Memory(tmp_path / "me.json")
    memory.remember_vessels([(A, "v1", AT)])
    for first in range(0, 2000, 20):
        made_up = [(B, f"v{first + n}", AT) for n in range(1, 20)]
        memory.remember_vessels([(A, "v1", AT), *made_up])

    assert memory.vessels[0].number == 1
    assert (tmp_path / "me.json").stat().st_size <= 20_000
    with pytest.raises(SeattleError, match="more than can be remembered"):
        memory.remember_vessels((B, f"v{n}", AT) for n in range(1, 2000))
    assert memory.vessels[0].number == 1
