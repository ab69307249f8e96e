"""The ledger: what it keeps, what it refuses, and what a crash leaves."""

import sqlite3
from pathlib import Path

import pytest

from seattle_p2p.errors import LedgerError, NoSuchVessel, TooMuch, UsageError
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.memory import FORGET_EVERY_S, Remembered
from seattle_p2p.manager.settings import NodeSettings
from seattle_p2p.manager.vessel_rows import Run
from seattle_p2p.wire.limits import AUDIT_ENTRIES, MAX_USERS, REMEMBER_COMMANDS_S


def person(number: int) -> PublicKey:
    return KeyPair(number.to_bytes(32)).public


def a_command(number: int = 1, *, outcome: bytes | None = None) -> Remembered:
    return Remembered(number.to_bytes(16), person(1), b"d" * 32, "v1", b"start", outcome)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite"


def test_vessels_users_and_settings_are_there_after_reopening(path: Path) -> None:
    ledger = Ledger(path)
    ledger.save_settings(NodeSettings(network="mine", paused=True, seeds=("a:1",)))
    row = ledger.add_vessel(person(1), "resource cpu 0.1", users=[person(2), person(3)])
    ledger.change_run(row.name, Run("ab", "ping.repy", ("1", "2")))
    ledger.close()

    again = Ledger(path, create=False)

    assert again.settings() == NodeSettings(network="mine", paused=True, seeds=("a:1",))
    assert again.vessel("v1").users == (person(2), person(3))
    assert again.vessel("v1").run == Run("ab", "ping.repy", ("1", "2"))
    again.close()


def test_numbers_of_vessels_are_never_used_twice(path: Path) -> None:
    ledger = Ledger(path)
    ledger.add_vessel(person(1), "")
    ledger.add_vessel(person(1), "")
    ledger.remove_vessel("v2")

    assert ledger.add_vessel(person(1), "").name == "v3"
    ledger.close()


def test_a_transaction_that_fails_changes_nothing(path: Path) -> None:
    ledger = Ledger(path)
    ledger.add_vessel(person(1), "", users=[person(2)])

    def change_then_fail() -> None:
        with ledger.transaction():
            ledger.change_users("v1", [])
            ledger.remove_vessel("v1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_then_fail()

    assert ledger.vessel("v1").users == (person(2),)
    ledger.close()


def test_hand_over_leaves_nothing_of_the_former_people(path: Path) -> None:
    ledger = Ledger(path)
    ledger.add_vessel(person(1), "", users=[person(2)], information="mine", advertise=False)

    ledger.change_owner("v1", person(9))

    row = ledger.vessel("v1")
    assert (row.owner, row.users, row.information, row.advertise) == (person(9), (), "", True)
    assert row.generation == 1
    ledger.close()


def test_more_users_than_the_limit_are_refused(path: Path) -> None:
    ledger = Ledger(path)
    ledger.add_vessel(person(1), "")

    with pytest.raises(UsageError, match="at most"):
        ledger.change_users("v1", [person(n) for n in range(2, MAX_USERS + 3)])

    assert ledger.vessel("v1").users == ()
    ledger.close()


@pytest.mark.parametrize("text", ["x" * 257, "two\nlines"])
def test_owner_information_that_is_no_line_is_refused(path: Path, text: str) -> None:
    ledger = Ledger(path)
    ledger.add_vessel(person(1), "")

    with pytest.raises(UsageError):
        ledger.change_information("v1", text)
    ledger.close()


def test_an_unknown_vessel_is_an_error_of_its_own(path: Path) -> None:
    ledger = Ledger(path)

    with pytest.raises(NoSuchVessel):
        ledger.vessel("v7")
    ledger.close()


def test_results_are_kept_for_a_day_of_running_time_and_no_longer(path: Path) -> None:
    clock = Clock()
    ledger = Ledger(path, clock=clock)
    ledger.commands.remember(a_command(1, outcome=b"done"))
    clock.now += REMEMBER_COMMANDS_S - 1
    ledger.commands.remember(a_command(2, outcome=b"done"))
    assert ledger.commands.recall(a_command(1).id) == a_command(1, outcome=b"done")

    clock.now += FORGET_EVERY_S
    ledger.commands.remember(a_command(3, outcome=b"done"))

    assert ledger.commands.recall(a_command(1).id) is None
    assert ledger.commands.recall(a_command(2).id) is not None
    ledger.close()


def test_age_goes_on_counting_after_a_restart_with_another_clock(path: Path) -> None:
    clock = Clock()
    first = Ledger(path, clock=clock)
    clock.now += 500
    first.close()

    second = Ledger(path, clock=lambda: 5.0)

    assert second.lived_s == 500
    second.close()


def test_an_intent_stays_unsettled_over_a_restart_until_it_is_settled(path: Path) -> None:
    ledger = Ledger(path)
    ledger.commands.remember(a_command())
    ledger.close()

    again = Ledger(path)
    assert again.commands.unsettled() == [a_command()]
    again.commands.settle(a_command().id, b"done")

    assert again.commands.unsettled() == []
    assert again.commands.recall(a_command().id) == a_command(outcome=b"done")
    again.close()


def test_one_key_cannot_fill_the_ledger(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seattle_p2p.manager.memory.MAX_REMEMBERED_COMMANDS", 3)
    ledger = Ledger(path)
    for number in range(3):
        ledger.commands.remember(a_command(number, outcome=b""))

    with pytest.raises(TooMuch):
        ledger.commands.remember(a_command(4))
    ledger.close()


def test_the_audit_trail_is_a_ring(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seattle_p2p.manager.trail.AUDIT_ENTRIES", 5)
    ledger = Ledger(path, wall=lambda: 12.0)
    for number in range(8):
        ledger.trail.record(person(1), "start", f"v{number}", "done")

    assert [entry.vessel for entry in ledger.trail.newest()] == ["v3", "v4", "v5", "v6", "v7"]
    assert AUDIT_ENTRIES > 5
    for _ in range(192):
        ledger.trail.record(person(1), "stop", "v1", "done")
    with sqlite3.connect(path) as reader:
        assert reader.execute("SELECT count(*) FROM audit").fetchone() == (5,)
    reader.close()
    ledger.close()


def test_what_another_process_changed_is_noticed(path: Path) -> None:
    ledger, other = Ledger(path), Ledger(path)
    ledger.vessels()
    other.add_vessel(person(1), "")

    assert ledger.refresh()
    assert [row.name for row in ledger.vessels()] == ["v1"]
    assert not ledger.refresh()
    ledger.close()
    other.close()


def test_a_damaged_file_is_told_with_the_next_step_and_left_alone(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    before = path.read_bytes()

    with pytest.raises(LedgerError, match="damaged") as caught:
        Ledger(path)

    assert "keep a copy" in caught.value.hint
    assert path.read_bytes() == before


def test_a_torn_page_is_told_as_damage(path: Path) -> None:
    ledger = Ledger(path)
    for number in range(200):
        ledger.trail.record(person(1), "start", f"v{number}", "done")
    ledger.close()
    data = bytearray(path.read_bytes())
    data[4096 * 2 : 4096 * 4] = b"\xa5" * 8192
    path.write_bytes(bytes(data))

    with pytest.raises(LedgerError, match="damaged"):
        Ledger(path)


def test_a_ledger_of_a_newer_program_is_refused(path: Path) -> None:
    Ledger(path).close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()

    with pytest.raises(LedgerError, match="version 99"):
        Ledger(path)


def test_a_ledger_from_before_security_layers_gets_their_table(path: Path) -> None:
    ledger = Ledger(path)
    ledger.add_vessel(person(1), "resource cpu 1")
    ledger.close()
    with sqlite3.connect(path) as database:
        database.execute("DROP TABLE layers")
        database.execute("PRAGMA user_version = 1")
    database.close()

    ledger = Ledger(path)
    ledger.change_layers("v1", [("b", b"lower"), ("a", b"upper")])

    assert ledger.vessel("v1").layers == ("b", "a")
    assert ledger.layers("v1") == (("b", b"lower"), ("a", b"upper"))
    ledger.remove_vessel("v1")
    ledger.close()


def test_a_missing_ledger_is_not_made_for_those_who_expect_one(path: Path) -> None:
    with pytest.raises(LedgerError, match="no ledger"):
        Ledger(path, create=False)
    assert not path.exists()


def test_an_emptied_ledger_is_damaged_and_not_a_new_one(path: Path) -> None:
    Ledger(path).close()
    path.write_bytes(b"")

    with pytest.raises(LedgerError, match="it is empty") as caught:
        Ledger(path, create=False)

    assert "backup" in caught.value.hint
    assert path.read_bytes() == b""
