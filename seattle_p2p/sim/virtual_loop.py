"""A small asyncio loop on a world's clock: applications run unchanged in virtual time.

Offers what coroutines, tasks, futures, timeouts and task groups need; there are no sockets,
threads, signals or child processes, and asking for one raises `NotImplementedError`. It shares
the world's agenda, so coroutines and overlay cores happen in one order that repeats with the
seed.
"""

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, TypeVarTuple, Unpack

from seattle_p2p.sim.world import NS_PER_S, World

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class VirtualLoop(asyncio.AbstractEventLoop):
    """An event loop whose time is the world's.

    Args:
        world: Whose agenda carries the loop; run the world, and the coroutines run with it.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._ready: deque[asyncio.Handle] = deque()
        self._is_planned = False
        self.failures: list[dict[str, Any]] = []
        """What tasks raised and nobody took: a test should look."""

    # What coroutines use

    def time(self) -> float:
        """Virtual seconds."""
        return self._world.now_s

    def call_soon(
        self,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.Handle:
        """Run `callback` at this very instant, after what is under way."""
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        if not self._is_planned:
            self._is_planned = True
            self._world.agenda.at(self._world.now_ns, self._run_ready)
        return handle

    def call_later(
        self,
        delay: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Run `callback` in `delay` virtual seconds."""
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Run `callback` at `when` virtual seconds."""
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        due = max(round(when * NS_PER_S), self._world.now_ns)
        self._world.agenda.at(due, self._run_timer, handle)
        return handle

    def create_future(self) -> asyncio.Future[Any]:
        """A future of this loop."""
        return asyncio.Future(loop=self)

    def create_task(  # type: ignore[override]  # typeshed's differs between versions
        self,
        coro: Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: contextvars.Context | None = None,
        **_: Any,
    ) -> asyncio.Task[T]:
        """Run a coroutine beside the others."""
        return asyncio.Task(coro, loop=self, name=name, context=context)

    def get_debug(self) -> bool:
        """Never."""
        return False

    def is_running(self) -> bool:
        """Always: the world runs it."""
        return True

    def is_closed(self) -> bool:
        """Never."""
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Keep what nobody caught."""
        self.failures.append(context)

    def run_until_complete(self, future: Any) -> Any:
        """Let the world happen until `future` is done; its result.

        Raises:
            RuntimeError: nothing is due any more and it still is not.
        """
        with self._running():
            task = asyncio.ensure_future(future, loop=self)
        while not task.done():
            if not self._world.step():
                raise RuntimeError("nothing is due any more, and the coroutine still waits")
        return task.result()

    def run_in_executor(
        self, executor: Any, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Call `func` here and now: there is one thread, and a disk takes no virtual time."""
        done: asyncio.Future[T] = asyncio.Future(loop=self)
        try:
            done.set_result(func(*args))
        except Exception as reason:
            done.set_exception(reason)
        return done

    # Private steps

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Cancelled timers are passed over when their time comes."""

    def _run_timer(self, handle: asyncio.Handle, _: Any, __: Any) -> None:
        if not handle.cancelled():
            self._ready.append(handle)
            self._run_ready(None, None, None)

    def _run_ready(self, _: Any, __: Any, ___: Any) -> None:
        with self._running():
            ready = self._ready
            while ready:
                handle = ready.popleft()
                if not handle.cancelled():
                    handle._run()
        self._is_planned = False

    @contextmanager
    def _running(self) -> Iterator[None]:
        before = asyncio._get_running_loop()
        asyncio._set_running_loop(self)
        try:
            yield
        finally:
            asyncio._set_running_loop(before)
