"""A node is found by those whose vessels are advertised, and by nobody else."""

import asyncio
import contextlib

import pytest

from seattle_p2p.errors import Unreachable
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.manager import announcer
from seattle_p2p.manager.announcer import Announcer
from seattle_p2p.wire.endpoints import Endpoint

ALICE, BOB = (KeyPair(bytes([n]) * 32).public for n in (1, 2))


class AnOverlay:
    """Publishes, after it has failed as often as it was told to."""

    def __init__(self, failures=0):
        self.failures, self.published, self.tries = failures, set(), 0
        self.changed = asyncio.Condition()

    async def publish(self, person, *, overlay, commands, sequence):
        async with self.changed:
            self.tries += 1
            self.changed.notify_all()
            if self.tries <= self.failures:
                raise Unreachable("nobody answered")
            self.published.add(person)

    async def withdraw(self, person):
        async with self.changed:
            self.published.discard(person)
            self.changed.notify_all()

    async def until(self, so):
        async with asyncio.timeout(10), self.changed:
            await self.changed.wait_for(so)


@contextlib.asynccontextmanager
async def announcing(overlay, wanted):
    endpoint = Endpoint("127.0.0.1", 4000)
    made = Announcer(overlay, lambda: set(wanted), lambda: ((endpoint,), (endpoint,)), starts=1)
    running = asyncio.create_task(made.run())
    yield made
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_whoever_is_wanted_is_published_and_withdrawn_when_not_any_more():
    overlay, wanted = AnOverlay(), {ALICE}
    async with announcing(overlay, wanted) as made:
        await overlay.until(lambda: overlay.published == {ALICE})
        wanted.remove(ALICE)
        wanted.add(BOB)
        made.look_again()

        await overlay.until(lambda: overlay.published == {BOB})


async def test_what_could_not_be_published_is_tried_again(monkeypatch):
    monkeypatch.setattr(announcer, "AGAIN_S", 0.01)
    overlay = AnOverlay(failures=3)

    async with announcing(overlay, {ALICE}):
        await overlay.until(lambda: overlay.published == {ALICE})

    assert overlay.tries == 4


@pytest.mark.parametrize("failures", [0, 2])
async def test_all_is_taken_back_in_the_end(failures):
    overlay = AnOverlay(failures)
    async with announcing(overlay, {ALICE, BOB}) as made:
        await overlay.until(lambda: overlay.tries == 2)
        await made.withdraw_all()

    assert overlay.published == set()
