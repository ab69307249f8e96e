"""Runs many programs side by side, so that tests only have to look at what came of each."""

from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor

from tests.sandbox.running import Outcome

Case = tuple[Hashable, bool, Callable[[], Outcome]]
"""A name, whether it mostly waits, and the run itself."""

_COMPUTING_AT_ONCE, _WAITING_AT_ONCE = 3, 6


class Batch:
    """Starts all cases, a few at once, in their order.

    Args:
        cases: What to run; equal names are run once.
    """

    def __init__(self, cases: list[Case]) -> None:
        self._pools = (
            ThreadPoolExecutor(_COMPUTING_AT_ONCE),
            ThreadPoolExecutor(_WAITING_AT_ONCE),
        )
        self._runs: dict[Hashable, Future[Outcome]] = {}
        for name, waits, run in cases:
            if name not in self._runs:
                self._runs[name] = self._pools[waits].submit(run)

    def outcome(self, name: Hashable) -> Outcome:
        """What came of a case; waits for it."""
        return self._runs[name].result()

    def close(self) -> None:
        """Forget what was not begun; wait for what was."""
        for pool in self._pools:
            pool.shutdown(cancel_futures=True)
