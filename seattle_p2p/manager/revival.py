"""Starts programs again that ended by no one's wish, where their people want that.

After a reboot, a crash, an uncaught error or an overrun; never after its own end, after `stop`,
or when the program was refused. The waits between starts double, so that a program that cannot
live costs its donor next to nothing.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from seattle_p2p.errors import SeattleError
from seattle_p2p.manager.keeping import Keepers, resources_of
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.vessel_rows import Run
from seattle_p2p.vessel.status import VesselStatus

_log = logging.getLogger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
LIVED_WELL_S = 60.0
"""A run that lasted so long is no sign of trouble: the next wait is the first again."""
_BY_WISH = frozenset({"", "done", "stopped", "refused", "weak"})
"""Causes after which nothing is started again."""


class Revival:
    """Watches over the vessels that are to be kept running.

    Args:
        paused: While true, nothing is started; call `look_again` when it ends.
        clock: Monotonic seconds.
    """

    def __init__(
        self,
        ledger: Ledger,
        keepers: Keepers,
        *,
        paused: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._keepers = keepers
        self._paused = paused
        self._clock = clock
        self._due: dict[str, float] = {}
        self._waits: dict[str, float] = {}
        self._changed = asyncio.Event()

    def look_again(self) -> None:
        """A state, a wish or the pause changed."""
        self._changed.set()

    async def run(self) -> None:
        """Keep them running, until cancelled."""
        while True:
            self._changed.clear()
            self._plan()
            for name in [name for name, due in self._due.items() if due <= self._clock()]:
                del self._due[name]
                await self._start(name)
            self._plan()
            next_due = min(self._due.values(), default=None)
            wait = None if next_due is None else max(next_due - self._clock(), 0.0)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._changed.wait()

    def _plan(self) -> None:
        """Who is to be started, and when; whoever is not any more is dropped."""
        wanted = set()
        for row in self._ledger.vessels():
            status = self._keepers.status(row.name)
            if row.keep_running and row.run and ended_by_no_wish(row.run, status):
                wanted.add(row.name)
                if row.name not in self._due and not self._paused():
                    self._due[row.name] = self._clock() + self._next_wait(row.name, status)
        kept = set() if self._paused() else wanted
        self._due = {name: due for name, due in self._due.items() if name in kept}

    def _next_wait(self, name: str, status: VesselStatus) -> float:
        lived_s = status.ended_at - status.started_at
        before = self._waits.get(name, 0.0)
        wait = FIRST_WAIT_S if lived_s >= LIVED_WELL_S or not before else before * 2
        self._waits[name] = min(wait, LONGEST_WAIT_S)
        return self._waits[name]

    async def _start(self, name: str) -> None:
        row = self._ledger.vessel(name)
        status = self._keepers.status(name)
        if row.run is None or not ended_by_no_wish(row.run, status):
            return
        try:
            await self._keepers.start(
                name,
                resources_of(row.restrictions),
                row.run.program,
                row.run.arguments,
                next_run_id(status.run_id),
                layers=self._ledger.layers(name),
            )
            _log.info("started again", extra={"vessel": name, "after": status.cause})
        except SeattleError as reason:
            _log.warning(
                "could not start again", extra={"vessel": name, "reason": reason.message}
            )


def ended_by_no_wish(run: Run, status: VesselStatus) -> bool:
    """Whether `status` is the end of `run`, and nobody wanted it."""
    return (
        is_of(run, status.run_id) and status.state == "ended" and status.cause not in _BY_WISH
    )


def is_of(run: Run, run_id: str) -> bool:
    """Whether `run_id` names `run` or one of its revivals."""
    return run_id.partition("-")[0] == run.id


def next_run_id(run_id: str) -> str:
    """The id of the next revival: the run's own, a dash and a count."""
    base, _, count = run_id.partition("-")
    return f"{base}-{int(count or 0) + 1}"
