"""Waiting until nothing runs any more, without asking again and again."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import Protocol

from seattle_p2p.errors import SeattleError, Unreachable
from seattle_p2p.experiment.group import GroupResult, Outcome
from seattle_p2p.experiment.log_events import End, Event
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.wire.results import VesselInfo


class Logs(Protocol):
    """Follows logs from given offsets on, as `Experimenter.logs` does."""

    def __call__(
        self, vessels: Iterable[Vessel], *, offsets: Mapping[Vessel, int]
    ) -> AsyncGenerator[Event, None]:
        """Events, until each program has ended."""


async def waiting(
    states: GroupResult[VesselInfo],
    logs: Logs,
    status: Callable[[Iterable[Vessel]], Awaitable[GroupResult[VesselInfo]]],
    timeout_s: float,
) -> GroupResult[VesselInfo]:
    """Wait until the programs of all vessels have ended; how each did.

    Args:
        states: How they were a moment ago; what failed there has failed here.
        timeout_s: Those that run longer fail with `Unreachable`.
    """
    left = {vessel: info.log_end for vessel, info in states.ok.items()}
    gone: dict[Vessel, SeattleError] = dict(states.failed)
    try:
        async with asyncio.timeout(timeout_s):
            async with aclosing(logs(left, offsets=dict(left))) as events:
                async for event in events:
                    if isinstance(event, End):
                        del left[event.vessel]
                        if event.error is not None:
                            gone[event.vessel] = event.error
    except TimeoutError:
        late = Unreachable(
            f"still running after {timeout_s:g} s", hint="stop it, or wait longer"
        )
        gone |= dict.fromkeys(left, late)
    ended = await status([vessel for vessel in states.ok if vessel not in gone])
    gone |= ended.failed
    return GroupResult(
        tuple(
            Outcome(o.vessel, ended.ok.get(o.vessel), gone.get(o.vessel), o.took_s)
            for o in states.outcomes
        )
    )
