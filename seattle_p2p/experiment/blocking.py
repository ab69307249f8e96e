"""The same as `Experimenter` without async: for scripts, notebooks and the prompt of Python.

with BlockingExperimenter(key, contacts=["192.0.2.7:4711"]) as me:
    found = me.browse()
    started = me.run(found.vessels, Path("hello.r2py"))
    for line in me.logs(started.ok, offsets=started.ok):
        print(line)

Everything happens in an event loop of its own, in one thread that ends with `close`; so it
works where a loop runs already, as in notebooks. `Experimenter` and `Owner` say more about each
method.
"""

import asyncio
import threading
from collections.abc import AsyncGenerator, Coroutine, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from seattle_p2p.experiment.browsed import Browsed
from seattle_p2p.experiment.group import PARALLEL, TIMEOUT_S, GroupResult
from seattle_p2p.experiment.log_events import Event
from seattle_p2p.experiment.owner import Cut, Joined, Pieces
from seattle_p2p.experiment.selection import Selection
from seattle_p2p.experiment.session import Experimenter
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.experiment.watching import Sight
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.wire.results import Files, VesselInfo

T = TypeVar("T")
Targets = Iterable[Vessel]


class BlockingExperimenter:
    """What one key can do on one network; arguments as of `Experimenter`."""

    def __init__(
        self,
        key: KeyPair,
        *,
        network: str = "seattle",
        contacts: Sequence[str] = (),
        folder: Path | None = None,
        parallel: int = PARALLEL,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._me = Experimenter(
            key,
            network=network,
            contacts=contacts,
            folder=folder,
            parallel=parallel,
            timeout_s=timeout_s,
        )
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="seattle", daemon=True
        )
        self._thread.start()

    def __enter__(self) -> "BlockingExperimenter":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything that was opened; a second time does nothing."""
        if self._loop.is_closed():
            return
        self._wait(self._me.close())
        self._wait(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def vessels(self) -> Selection:
        """Vessels known from browsing, by number; nothing is asked of anybody."""
        return Selection(self._me.vessels)

    def choose(self, *words: str) -> Selection:
        """The known vessels that `words` name."""
        return Selection(self._me.choose(*words))

    def browse(self, *, timeout_s: float = TIMEOUT_S, paths: int = 1) -> Browsed:
        """Find every vessel of this key."""
        return self._wait(self._me.browse(timeout_s=timeout_s, paths=paths))

    def status(self, vessels: Targets) -> GroupResult[VesselInfo]:
        """How each vessel is now."""
        return self._wait(self._me.status(vessels))

    def upload(
        self, vessels: Targets, content: Path | bytes, name: str = ""
    ) -> GroupResult[None]:
        """Store a file in each vessel."""
        return self._wait(self._me.upload(vessels, content, name))

    def download(self, vessels: Targets, name: str, folder: Path) -> GroupResult[Path]:
        """Fetch a file of each vessel."""
        return self._wait(self._me.download(vessels, name, folder))

    def collect(self, vessels: Targets, folder: Path) -> GroupResult[tuple[Path, ...]]:
        """Fetch all files of each vessel into one folder."""
        return self._wait(self._me.collect(vessels, folder))

    def read(self, vessels: Targets, name: str) -> GroupResult[bytes]:
        """A file's content in each vessel."""
        return self._wait(self._me.read(vessels, name))

    def files(self, vessels: Targets) -> GroupResult[Files]:
        """Names and sizes of each vessel's files."""
        return self._wait(self._me.files(vessels))

    def delete(self, vessels: Targets, name: str) -> GroupResult[None]:
        """Remove a file of each vessel."""
        return self._wait(self._me.delete(vessels, name))

    def start(
        self, vessels: Targets, program: str, arguments: Sequence[str] = ()
    ) -> GroupResult[int]:
        """Start a program that is there already."""
        return self._wait(self._me.start(vessels, program, arguments))

    def run(
        self, vessels: Targets, program: Path, arguments: Sequence[str] = ()
    ) -> GroupResult[int]:
        """Upload a program and start it."""
        return self._wait(self._me.run(vessels, program, arguments))

    def stop(self, vessels: Targets) -> GroupResult[None]:
        """End the program of each vessel."""
        return self._wait(self._me.stop(vessels))

    def reset(self, vessels: Targets) -> GroupResult[None]:
        """End the program of each vessel; remove its files and its log."""
        return self._wait(self._me.reset(vessels))

    def wait(self, vessels: Targets, timeout_s: float = 600.0) -> GroupResult[VesselInfo]:
        """Wait until no program runs in any of the vessels."""
        return self._wait(self._me.wait(vessels, timeout_s))

    def read_logs(
        self, vessels: Targets, offset: int = 0, *, since_s: float | None = None
    ) -> GroupResult[list[Event]]:
        """All there is of each vessel's log."""
        return self._wait(self._me.read_logs(vessels, offset, since_s=since_s))

    def logs(
        self,
        vessels: Targets,
        *,
        offsets: Mapping[Vessel, int] | None = None,
        since_s: float | None = None,
    ) -> Iterator[Event]:
        """Follow the logs of all `vessels` as one stream."""
        return self._each(self._me.logs(vessels, offsets=offsets, since_s=since_s))

    def watch(self, vessels: Targets, *, every_s: float = 2.0) -> Iterator[list[Sight]]:
        """All vessels as they are now, every so many seconds."""
        return self._each(self._me.watch(vessels, every_s=every_s))

    def keep_running(self, vessels: Targets, keep: bool) -> GroupResult[None]:
        """Say whether a program that ends by no one's wish is started again."""
        return self._wait(self._me.keep_running(vessels, keep))

    # Owners

    def change_users(self, vessels: Targets, users: Iterable[PublicKey]) -> GroupResult[None]:
        """Say who may use vessels, instead of those who might before."""
        return self._wait(self._me.owner.change_users(vessels, users))

    def change_owner(
        self, vessels: Targets, owner: PublicKey, *, keep_users: bool = False
    ) -> GroupResult[None]:
        """Hand vessels over."""
        return self._wait(self._me.owner.change_owner(vessels, owner, keep_users=keep_users))

    def change_information(self, vessels: Targets, text: str) -> GroupResult[None]:
        """Put a label on vessels."""
        return self._wait(self._me.owner.change_information(vessels, text))

    def change_advertise(self, vessels: Targets, advertise: bool) -> GroupResult[None]:
        """Say whether vessels are found by browsing."""
        return self._wait(self._me.owner.change_advertise(vessels, advertise))

    def split(self, vessels: Targets, cut: Cut, *, stop: bool = False) -> GroupResult[Pieces]:
        """Cut each vessel into several."""
        return self._wait(self._me.owner.split(vessels, cut, stop=stop))

    def join(self, vessels: Targets, *, stop: bool = False) -> Joined:
        """Make one vessel of those of each machine."""
        return self._wait(self._me.owner.join(vessels, stop=stop))

    # How it waits

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Do `work` in the loop; Ctrl-C here ends it there."""
        under_way = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return under_way.result()
        except BaseException:
            under_way.cancel()
            raise

    def _each(self, source: AsyncGenerator[T, None]) -> Iterator[T]:
        """What `source` brings; whoever stops reading ends it."""
        try:
            while True:
                try:
                    yield self._wait(_next(source))
                except StopAsyncIteration:
                    return
        finally:
            if not self._loop.is_closed():
                self._wait(source.aclose())


async def _next(source: AsyncGenerator[T, None]) -> T:
    return await anext(source)
