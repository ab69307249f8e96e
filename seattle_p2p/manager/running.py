"""`donor run`: one node manager in the foreground, with its log, its layers, its signals."""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec

from seattle_p2p.errors import WeakContainment
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.manager.control import ManagerReport
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.logfile import logging_to
from seattle_p2p.manager.node_manager import NodeManager
from seattle_p2p.manager.ports import PortRegistry
from seattle_p2p.manager.settings import NodeSettings
from seattle_p2p.net.twin import TwinDriver, open_driver
from seattle_p2p.net.udp import UdpDriver
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.overlay.params import Params
from seattle_p2p.vessel.jail.probe import held_layers, missing_layers, suffices
from seattle_p2p.vessel.restrictions import parse_restrictions


class Started(msgspec.Struct, frozen=True):
    """What is known once commands are answered; addresses are ``KEY@HOST:PORT`` of peers."""

    node: str
    pid: int
    addresses: list[str]
    commands: list[str]
    log: str
    layers: list[str]


async def run_donor(
    home: DonorHome,
    registry: PortRegistry,
    *,
    verbose: bool = False,
    accept_weak_containment: bool = False,
    on_started: Callable[[Started], None] = lambda started: None,
) -> None:
    """Run the node manager of `home` until SIGINT, SIGTERM or its donor's `stop`.

    Args:
        registry: Where this host's vessel ports are claimed.
        verbose: Say on stderr what the log file gets.
        accept_weak_containment: Accept missing layers, from now on (it is remembered).
        on_started: Called once, when the node answers.

    Raises:
        InstallError: nothing installed, another node manager runs here, ports taken.
        WeakContainment: needed layers are missing, and nobody accepted that.
        LedgerError, KeystoreError: damaged; nothing was changed.
    """
    home.require_installed()
    _prepare(home, registry, accept_weak_containment)
    with logging_to(home.log, verbose=verbose):
        manager = NodeManager(home, open_overlay)
        async with _stopped_by_signals(manager):
            running = asyncio.create_task(manager.run())
            ready = asyncio.create_task(manager.ready.wait())
            try:
                await asyncio.wait((running, ready), return_when=asyncio.FIRST_COMPLETED)
                if manager.ready.is_set() and not running.done():
                    on_started(_started(await manager.report(), home))
                await running
            except ExceptionGroup as group:
                raise _innermost(group) from group
            finally:
                ready.cancel()
                running.cancel()
                await asyncio.gather(ready, running, return_exceptions=True)


def _started(report: ManagerReport, home: DonorHome) -> Started:
    return Started(
        report.node,
        report.pid,
        [f"{report.node}@{endpoint}" for endpoint in report.overlay],
        report.commands,
        str(home.log),
        report.layers,
    )


def _innermost(group: BaseException) -> BaseException:
    """The first thing that went wrong, without the tasks around it."""
    while isinstance(group, BaseExceptionGroup):
        group = group.exceptions[0]
    return group


async def open_overlay(
    key: KeyPair, settings: NodeSettings, host: str, port: int
) -> UdpDriver | TwinDriver:
    """A node of the overlay on UDP sockets.

    Raises:
        OSError: the port is taken, or the address is none of this machine's.
    """

    def make() -> OverlayNode:
        return OverlayNode(
            key,
            network=settings.network,
            params=Params(),
            rng=random.Random(os.urandom(16)),
            entropy=os.urandom,
        )

    return await open_driver(make, host, port)


def _prepare(home: DonorHome, registry: PortRegistry, accept_weak: bool) -> None:
    """Look at the ledger, the ports and the layers before anything starts."""
    with contextlib.closing(Ledger(home.ledger, create=False)) as ledger:
        settings = ledger.settings()
        if accept_weak and not settings.accept_weak_containment:
            settings = msgspec.structs.replace(settings, accept_weak_containment=True)
            ledger.save_settings(settings)
        amounts = [parse_restrictions(row.restrictions) for row in ledger.vessels()]
    registry.require_still_ours(home, sorted({p for a in amounts for p in a.messport}))
    held = held_layers(home.folder)
    if not suffices(held) and not settings.accept_weak_containment:
        raise WeakContainment(
            "on this machine nothing would hold a hostile program: missing are "
            + ", ".join(missing_layers(held)),
            hint="use a newer Linux kernel, or accept it: --accept-weak-containment",
        )


@asynccontextmanager
async def _stopped_by_signals(manager: NodeManager) -> AsyncIterator[None]:
    """Ctrl-C and SIGTERM stop the manager in good order; vessels run on."""
    loop = asyncio.get_running_loop()
    stops: set[asyncio.Task[None]] = set()

    def stop() -> None:
        stops.add(loop.create_task(manager.stop()))

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
        await asyncio.gather(*stops)
