"""Which event loop commands run in."""

import asyncio
import sys
import types

from seattle_p2p.cli.loop import VARIABLE, loop_factory, run_loop


async def the_loop():
    return asyncio.get_running_loop()


def test_without_the_extra_the_loop_is_asyncios_own(monkeypatch):
    monkeypatch.setitem(sys.modules, "uvloop", None)

    assert loop_factory() is None
    assert isinstance(run_loop(the_loop()), asyncio.BaseEventLoop)


def test_with_the_extra_its_loop_is_used_unless_told_otherwise(monkeypatch):
    made = []

    def new_event_loop():
        made.append(asyncio.new_event_loop())
        return made[-1]

    fast = types.SimpleNamespace(new_event_loop=new_event_loop)
    monkeypatch.setitem(sys.modules, "uvloop", fast)

    assert run_loop(the_loop()) is made[0]

    monkeypatch.setenv(VARIABLE, "asyncio")
    assert loop_factory() is None
    assert run_loop(the_loop()) not in made
