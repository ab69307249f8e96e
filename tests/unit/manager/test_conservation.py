"""Nothing is gained or lost by splits, joins, hand-overs, refusals and crashes."""

import contextlib
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seattle_p2p.errors import OutOfResources, UsageError
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.manager.dividing import join_vessels, split_vessel
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.settings import NodeSettings
from seattle_p2p.vessel.division import equal_parts, keeping
from seattle_p2p.vessel.resources import OFFCUT, Resources
from seattle_p2p.vessel.restrictions import format_restrictions, parse_restrictions

PEOPLE = [KeyPair(bytes([n]) * 32).public for n in range(1, 4)]
WHOLE = Resources.of(
    {
        "cpu": 0.8,
        "memory": 800_000_001,
        "diskused": 5_000_000_003,
        "events": 101,
        "filesopened": 33,
        "fileread": 1_000_000.5,
        "filewrite": 1_000_000,
        "netsend": 333_333.333333,
        "lograte": 30_000,
    },
    messport=range(63100, 63120),
    connport=range(63100, 63107),
)


def a_ledger(path: Path) -> Ledger:
    ledger = Ledger(path)
    if not ledger.vessels():
        granted = format_restrictions(WHOLE.plus(OFFCUT).plus(OFFCUT))
        offcut = format_restrictions(OFFCUT)
        ledger.save_settings(NodeSettings(granted=granted, offcut=offcut))
        for part in WHOLE.divide([60, 40]):
            ledger.add_vessel(PEOPLE[0], format_restrictions(part))
    return ledger


def step(ledger: Ledger, rng: random.Random) -> None:
    """Any change or attempt; what is refused must leave everything as it was."""
    rows = ledger.vessels()
    row = rng.choice(rows)
    before = [row.name for row in rows], ledger.sum()
    amounts = parse_restrictions(row.restrictions)
    try:
        match rng.choice(["split", "split", "join", "join", "itself", "owner", "too much"]):
            case "split":
                few = rng.random() < 0.5
                parts = (
                    equal_parts(amounts, rng.randint(2, 5), OFFCUT)
                    if few
                    else keeping(amounts, rng.randint(1, 99), OFFCUT)
                )
                split_vessel(ledger, row.name, parts)
            case "join":
                count = min(len(rows), rng.randint(2, 4))
                join_vessels(ledger, [row.name for row in rng.sample(rows, count)])
            case "itself":
                join_vessels(ledger, [row.name, row.name])
            case "owner":
                ledger.change_owner(row.name, rng.choice(PEOPLE))
            case "too much":
                split_vessel(ledger, row.name, [amounts.plus(Resources.of({"memory": 1}))])
    except (OutOfResources, UsageError):
        assert ([row.name for row in ledger.vessels()], ledger.sum()) == before


def require_conserved(ledger: Ledger) -> None:
    found = ledger.sum()
    granted = parse_restrictions(ledger.settings().granted)
    assert not found.problems(granted)
    assert found.total.messport == WHOLE.messport
    assert found.total.connport == WHOLE.connport


def walk(tmp_path: Path, steps: int) -> None:
    rng = random.Random(11)
    with contextlib.closing(a_ledger(tmp_path / "ledger.sqlite")) as ledger:
        most = 0
        for _ in range(steps):
            step(ledger, rng)
            require_conserved(ledger)
            most = max(most, len(ledger.vessels()))
        assert most > 5


def test_two_hundred_steps_conserve_everything(tmp_path: Path) -> None:
    walk(tmp_path, 200)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_ten_thousand_steps_conserve_everything(tmp_path: Path) -> None:
    walk(tmp_path, 10_000)


def kill_in_the_middle(tmp_path: Path, kills: int) -> None:
    """A process that never stops splitting and joining, ended at seeded moments."""
    path = tmp_path / "ledger.sqlite"
    a_ledger(path).close()
    rng = random.Random(12)
    changed = set()
    for number in range(kills):
        worker = subprocess.Popen(
            [sys.executable, __file__, str(path), str(number)], stdout=subprocess.PIPE
        )
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"at work\n"
        time.sleep(rng.uniform(0, 0.15))
        worker.send_signal(signal.SIGKILL)
        worker.communicate()
        with contextlib.closing(Ledger(path, create=False)) as ledger:
            require_conserved(ledger)
            changed.add(tuple(row.name for row in ledger.vessels()))
    assert len(changed) > 2  # they did come in the middle of work


@pytest.mark.timeout(120)
def test_ten_kills_in_the_middle_conserve_everything(tmp_path: Path) -> None:
    kill_in_the_middle(tmp_path, 10)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_two_hundred_kills_in_the_middle_conserve_everything(tmp_path: Path) -> None:
    kill_in_the_middle(tmp_path, 200)


def work_for_ever(path: Path, seed: int) -> None:
    rng = random.Random(seed)
    ledger = a_ledger(path)
    print("at work", flush=True)
    while True:
        step(ledger, rng)


if __name__ == "__main__":
    work_for_ever(Path(sys.argv[1]), int(sys.argv[2]))
