"""What the answers of two networks say together (see `twin`)."""

import asyncio
import contextlib
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from seattle_p2p.errors import SeattleError
from seattle_p2p.net.bridge import BRIDGE_S
from seattle_p2p.overlay.core import AdvertsRead, Joined

Answer = TypeVar("Answer")


async def first_good(attempts: Sequence[Awaitable[Joined]]) -> Joined:
    """The first that succeeds; the others go on to their end, but nobody waits for long.

    Args:
        attempts: At least one.

    Raises:
        Unreachable: none did.
    """
    tasks = [asyncio.ensure_future(attempt) for attempt in attempts]
    problem: SeattleError | None = None
    try:
        for done in asyncio.as_completed(tasks):
            try:
                joined = await done
            except SeattleError as reason:
                problem = problem or reason
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BRIDGE_S):
                    await asyncio.gather(*tasks, return_exceptions=True)
            return joined
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert problem is not None
    raise problem


def good(outcomes: Sequence[Answer | BaseException]) -> list[Answer]:
    """Those that are answers. Raises the first error when none is."""
    answers: list[Answer] = []
    problems: list[BaseException] = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            problems.append(outcome)
        else:
            answers.append(outcome)
    serious = [problem for problem in problems if not isinstance(problem, SeattleError)]
    if serious or not answers:
        raise (serious or problems)[0]
    return answers


def one_reading(ends: Sequence[AdvertsRead], found: int) -> AdvertsRead:
    """What two readings say together; who was found in one is not dead for the other."""
    return AdvertsRead(
        found=found,
        dead=max((end.dead for end in ends), default=0),
        holders=sum(end.holders for end in ends),
        complete=bool(ends) and all(end.complete for end in ends),
        one_source=bool(ends) and all(end.one_source for end in ends),
        alarm=any(end.alarm for end in ends),
    )
