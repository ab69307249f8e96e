"""Waiting for the disk together: one round for many, and none that began too early."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

from seattle_p2p.errors import LedgerError
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.manager.disk import GroupSync
from seattle_p2p.manager.ledger import Ledger

OWNER = KeyPair((1).to_bytes(32)).public


class SlowDisk:
    """Counts what is written; a round keeps what had been written when it began."""

    def __init__(self) -> None:
        self.written = self.kept = self.rounds = 0
        self.gate = threading.Event()
        self.began = threading.Semaphore(0)

    def sync(self) -> None:
        seen = self.written
        self.rounds += 1
        self.began.release()
        self.gate.wait(10)
        self.kept = max(self.kept, seen)


async def test_all_who_wait_at_the_same_time_share_two_rounds_at_most() -> None:
    disk = SlowDisk()
    group = GroupSync(disk.sync)

    async def write_and_wait() -> None:
        disk.written += 1
        mine = disk.written
        await group.wait()
        assert disk.kept >= mine

    first = asyncio.create_task(write_and_wait())
    await asyncio.to_thread(disk.began.acquire)
    # These come while the first round is under way, which may have missed what they wrote.
    others = [asyncio.create_task(write_and_wait()) for _ in range(20)]
    await asyncio.sleep(0)
    disk.gate.set()
    await asyncio.gather(first, *others)

    assert (disk.rounds, group.rounds) == (2, 2)


async def test_who_gives_up_waiting_takes_the_round_from_nobody() -> None:
    disk = SlowDisk()
    group = GroupSync(disk.sync)
    hasty, patient = (asyncio.create_task(group.wait()) for _ in range(2))
    await asyncio.to_thread(disk.began.acquire)

    hasty.cancel()
    disk.gate.set()
    await patient
    await asyncio.wait([hasty])

    assert hasty.cancelled()


async def test_a_disk_that_refuses_is_told_to_all_who_wait_and_tried_again() -> None:
    answers = [LedgerError("no disk"), None]

    def sync() -> None:
        if answer := answers.pop(0):
            raise answer

    group = GroupSync(sync)
    told = await asyncio.gather(*(group.wait() for _ in range(3)), return_exceptions=True)

    assert [type(problem) for problem in told] == [LedgerError] * 3
    await group.wait()


def test_a_transaction_waits_for_the_disk_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    synced: list[int] = []
    monkeypatch.setattr(os, "fdatasync", synced.append)

    ledger.add_vessel(OWNER, "resource cpu 0.1\n")
    assert len(synced) == 1
    with ledger.transaction(sync=False):
        ledger.change_information("v1", "label")
    ledger.trail.record(OWNER, "start", "v1", "ok")
    assert len(synced) == 1
    ledger.sync()

    assert len(synced) == 2
    ledger.close()


def test_a_disk_that_refuses_to_sync_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")

    def refuse(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", refuse)
    with pytest.raises(LedgerError, match="Input/output"):
        ledger.add_vessel(OWNER, "resource cpu 0.1\n")
    monkeypatch.undo()
    ledger.close()
