"""Programs that are to be kept running, and those that are not."""

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path

import pytest

from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.manager import revival
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.revival import Revival, ended_by_no_wish, next_run_id
from seattle_p2p.manager.vessel_rows import Run
from seattle_p2p.vessel.resources import Resources
from seattle_p2p.vessel.status import Cause, VesselStatus
from tests.support.fake_keepers import FakeKeepers

RUN = Run("ab" * 16, "a.r2py", ("x",))
RESTRICTIONS = "resource cpu 0.1\nresource memory 1\nresource diskused 1\n"


@dataclass
class Scene:
    ledger: Ledger
    keepers: FakeKeepers
    revival: Revival
    paused: bool = False

    async def end(self, cause: Cause) -> None:
        await self.keepers.end("v1", cause=cause)
        self.revival.look_again()

    async def starts(self, count: int) -> None:
        """Return when so many starts were made in all."""
        async with asyncio.timeout(5):
            while self.keepers.asked.count("start v1") < count:
                self.keepers.reached.clear()
                await self.keepers.reached.wait()


@pytest.fixture
async def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Scene, None]:
    monkeypatch.setattr(revival, "FIRST_WAIT_S", 0.02)
    ledger, keepers = Ledger(tmp_path / "ledger"), FakeKeepers(tmp_path / "vessels")
    ledger.add_vessel(KeyPair(bytes(32)).public, RESTRICTIONS)
    ledger.change_run("v1", RUN)
    ledger.change_keep_running("v1", True)
    keepers.make("v1")
    made = Scene(ledger, keepers, None)
    made.revival = Revival(ledger, keepers, paused=lambda: made.paused, clock=time.monotonic)
    await keepers.start("v1", Resources(), RUN.program, RUN.arguments, RUN.id)
    running = asyncio.create_task(made.revival.run())
    yield made
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    keepers.close()
    ledger.close()


async def test_a_program_that_crashes_is_started_again_under_a_counted_id(
    scene: Scene,
) -> None:
    await scene.end("crash")
    await scene.starts(2)
    await scene.end("error")
    await scene.starts(3)

    assert scene.keepers.status("v1").run_id == RUN.id + "-2"


async def test_waits_double_between_starts(scene: Scene) -> None:
    begun = time.monotonic()
    for count in range(2, 6):
        await scene.end("memory")
        await scene.starts(count)

    assert time.monotonic() - begun >= 0.02 + 0.04 + 0.08 + 0.16


@pytest.mark.parametrize("cause", ["done", "stopped", "refused", "weak"])
def test_an_end_by_wish_is_an_end(cause: Cause) -> None:
    assert not ended_by_no_wish(RUN, VesselStatus(state="ended", cause=cause, run_id=RUN.id))


@pytest.mark.parametrize("cause", ["lost", "error", "crash", "memory", "unattended"])
def test_any_other_end_is_not(cause: Cause) -> None:
    assert ended_by_no_wish(RUN, VesselStatus(state="ended", cause=cause, run_id=RUN.id))


def test_the_end_of_another_run_is_none_of_its_business() -> None:
    assert not ended_by_no_wish(RUN, VesselStatus(state="ended", cause="crash", run_id="cd"))


def test_ids_count() -> None:
    assert next_run_id("ab") == "ab-1"
    assert next_run_id("ab-9") == "ab-10"


async def test_nothing_is_started_while_paused_and_all_when_it_ends(scene: Scene) -> None:
    scene.paused = True
    await scene.end("lost")
    await asyncio.sleep(0.06)
    assert scene.keepers.asked.count("start v1") == 1

    scene.paused = False
    scene.revival.look_again()
    await scene.starts(2)


async def test_who_does_not_want_it_is_left_alone(scene: Scene) -> None:
    scene.ledger.change_keep_running("v1", False)
    await scene.end("crash")
    await asyncio.sleep(0.06)

    assert scene.keepers.asked.count("start v1") == 1
