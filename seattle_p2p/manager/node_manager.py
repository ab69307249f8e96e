"""Puts a node together and runs it: ledger, keepers, overlay, command service.

Whatever ends it, `kill -9` included, its vessels run on, and the next one finds them again.
"""

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Protocol

from seattle_p2p.errors import UsageError
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.identity.keystore import read_key_file
from seattle_p2p.manager.actions import Actions
from seattle_p2p.manager.announcer import Announcer, Publishes
from seattle_p2p.manager.commands import CommandCore
from seattle_p2p.manager.control import (
    ManagerReport,
    serve_control,
)
from seattle_p2p.manager.donor import describe_vessels
from seattle_p2p.manager.effects import Effects
from seattle_p2p.manager.home import DonorHome, free_name
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.membership import Joins, Membership
from seattle_p2p.manager.pause import Pause
from seattle_p2p.manager.places import Listening, advertised, listen
from seattle_p2p.manager.process import recorded
from seattle_p2p.manager.reads import Reads
from seattle_p2p.manager.revival import Revival
from seattle_p2p.manager.service import Service
from seattle_p2p.manager.settings import NodeSettings
from seattle_p2p.net.inside import OverlayReport, Shown, look_into
from seattle_p2p.net.lan import may_announce
from seattle_p2p.net.tls import server_context
from seattle_p2p.overlay.core import Role
from seattle_p2p.vessel.control import NetworkRules
from seattle_p2p.vessel.jail.probe import held_layers, missing_layers
from seattle_p2p.vessel.keepers import Keepers
from seattle_p2p.vessel.status import VesselStatus
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.endpoints import Endpoint, endpoint

_log = logging.getLogger(__name__)

FAREWELL_S = 3.0
"""Longest time to take adverts back before leaving; holders forget them later anyway."""


class OverlayDriver(Publishes, Joins, Shown, Protocol):
    """What is needed of `net.udp.UdpDriver`."""

    @property
    def role(self) -> Role:
        """What peers that dialled back found this node to be."""

    @property
    def seen_at(self) -> Endpoint | None:
        """Where peers see this node."""

    def reached_also_at(self, endpoints: Iterable[Endpoint]) -> None:
        """Say where this node is reached through a forwarded port."""

    async def close(self) -> None:
        """Withdraw what was published, and leave."""


OpenOverlay = Callable[[KeyPair, NodeSettings, str, int], Awaitable[OverlayDriver]]
"""Opens the overlay's socket at a host and port for a node. Raises OSError when taken."""


class NodeManager:
    """One node of a donor's machine.

    Args:
        home: Where it is installed.
        open_overlay: How it enters the overlay.
        bind, public: In place of what the settings say, when not empty.
    """

    def __init__(
        self, home: DonorHome, open_overlay: OpenOverlay, *, bind: str = "", public: str = ""
    ) -> None:
        self._home = home
        self._open_overlay = open_overlay
        self._bind = bind
        self._public = public
        self._stopping = asyncio.Event()
        self._revival: Revival | None = None
        self.ready = asyncio.Event()
        """Set once commands are answered."""

    async def run(self) -> None:
        """Run until `stop` is called, or the task is cancelled.

        Raises:
            InstallError: nothing is installed, another one runs here, or a port is taken.
            LedgerError, KeystoreError: damaged; nothing was changed.
        """
        self._home.require_installed()
        with (
            self._home.lock(),
            recorded(self._home.process),
            contextlib.closing(self._open_ledger()) as ledger,
        ):
            self._ledger = ledger
            self._key = read_key_file(self._home.key)
            context = server_context(self._home.certificate)
            async with contextlib.AsyncExitStack() as parts:
                self._keepers = await self._open_keepers()
                parts.push_async_callback(self._keepers.close)
                self._pause = Pause(ledger, self._keepers, self._look_again)
                core = await self._make_core()
                self._listening = await self._listen(ledger.settings())
                parts.push_async_callback(self._overlay.close)
                self._announcer = Announcer(
                    self._overlay, self._people, self._endpoints, starts=ledger.count_start()
                )
                self._membership = self._make_membership()
                self._effects.on_change = self._look_again
                service = Service(core, context)
                await parts.enter_async_context(serve_control(self._home.folder, self))
                await self._serve(service)

    def _open_ledger(self) -> Ledger:
        return Ledger(self._home.ledger, create=False)

    # What it is made of

    async def _open_keepers(self) -> Keepers:
        settings = self._ledger.settings()
        keepers = Keepers(
            self._home.vessels,
            rules=NetworkRules(
                testbed=settings.testbed,
                bind=self._bind or settings.bind,
                allow_private=settings.allow_private,
            ),
            accept_weak=settings.accept_weak_containment,
            on_change=self._on_vessel_change,
        )
        await keepers.open()
        # The ledger is the truth about which vessels there are.
        rows = {row.name for row in self._ledger.vessels()}
        for name in keepers.vessel_ids():
            if name not in rows:
                await self._clear_away(keepers, name)
        for name in rows:
            keepers.make(name)
        return keepers

    async def _clear_away(self, keepers: Keepers, name: str) -> None:
        """A folder without a vessel: left over, or newer than a ledger from an older copy.

        What a crash left over of a vessel that is gone is removed. What the ledger never knew
        is kept aside for the donor to decide.
        """
        if self._ledger.knew(name):
            _log.warning("a folder without a vessel is removed", extra={"vessel": name})
            await keepers.remove(name, "the node manager")
            return
        aside = free_name(self._home.set_aside, name)
        _log.error(
            "the ledger is older than a vessel's folder, which is kept aside",
            extra={"vessel": name, "folder": str(aside)},
        )
        await keepers.set_aside(name, aside, "the node manager")

    async def _make_core(self) -> CommandCore:
        self._layers = list(held_layers(self._home.folder))
        actions = Actions(self._ledger, self._keepers, paused=self._pause.holds)
        self._effects = Effects(self._ledger, actions)
        await self._effects.settle_all()
        return CommandCore(
            self._key,
            network=self._ledger.settings().network,
            layers=self._layers,
            ledger=self._ledger,
            reads=Reads(self._ledger, self._keepers, time.time),
            effects=self._effects,
            clock=time.monotonic,
            entropy=os.urandom,
        )

    async def _listen(self, settings: NodeSettings) -> Listening:
        """Take the ports; those that were found free are kept for the next time."""

        async def open_overlay(host: str, port: int) -> None:
            self._overlay = await self._open_overlay(self._key, settings, host, port)

        listening = await listen(
            self._bind or settings.bind,
            settings.command_port,
            settings.overlay_port,
            open_overlay,
        )
        self._ledger.save_ports(listening.command_port, listening.overlay_port)
        if public := self._public or settings.public:
            # A name that does not resolve just now is tried again at every publication.
            with contextlib.suppress(UsageError):
                self._overlay.reached_also_at(advertised(listening, public, None)[0])
        return listening

    async def _serve(self, service: Service) -> None:
        revival = self._revival = Revival(
            self._ledger, self._keepers, paused=self._pause.holds, clock=time.monotonic
        )
        try:
            async with asyncio.TaskGroup() as tasks:
                work = [
                    tasks.create_task(service.run(self._listening.commands)),
                    tasks.create_task(self._take_part()),
                    tasks.create_task(self._pause.run()),
                    tasks.create_task(revival.run()),
                ]
                self._keepers.warm_up()
                self.ready.set()
                _log.info("ready", extra={"commands": str(self._endpoints()[1])})
                await self._stopping.wait()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(FAREWELL_S):
                        await self._announcer.withdraw_all()
                for task in work:
                    task.cancel()
        finally:
            self._membership.remember_peers()
            _log.info("stopped")

    # Overlay

    async def _take_part(self) -> None:
        """Be in the network, and publish whose vessels are here."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._announce())
            tasks.create_task(self._membership.run())

    async def _announce(self) -> None:
        """Publish after the first try to join: who comes to this very node finds it then."""
        await self._membership.tried.wait()
        await self._announcer.run()

    def _make_membership(self) -> Membership:
        settings = self._ledger.settings()
        bound = [endpoint(self._listening.host, self._listening.overlay_port)]
        return Membership(
            self._overlay,
            seeds=lambda: [PeerAddress.from_text(s) for s in self._ledger.settings().seeds],
            memory=self._home.peers,
            lan=(settings.network, bound) if settings.lan and may_announce(bound) else None,
            on_entered=self._announcer.publish_anew,
            # Peers may have told a new address of ours meanwhile.
            on_round=self._announcer.look_again,
        )

    def _people(self) -> set[PublicKey]:
        if self._pause.holds():
            return set()
        rows = (row for row in self._ledger.vessels() if row.advertise)
        return {person for row in rows for person in row.people}

    def _endpoints(self) -> tuple[Sequence[Endpoint], Sequence[Endpoint]]:
        public = self._public or self._ledger.settings().public
        return advertised(self._listening, public, self._overlay.seen_at)

    def _look_again(self) -> None:
        self._announcer.look_again()
        if self._revival is not None:
            self._revival.look_again()

    def _on_vessel_change(self, name: str, status: VesselStatus) -> None:
        if self._revival is not None:
            self._revival.look_again()
        _log.info("vessel", extra={"vessel": name, "state": status.state, "why": status.cause})

    # What its donor asks

    async def report(self) -> ManagerReport:
        """What runs, what it uses, what peers see."""
        overlay, commands = self._endpoints()
        reachable, reason = _REACHABLE[self._overlay.role]
        settings = self._ledger.settings()
        left = self._pause.left_s
        return ManagerReport(
            pid=os.getpid(),
            node=self._key.public.text,
            network=settings.network,
            planner=settings.planner,
            percent=settings.percent,
            overlay=[str(endpoint) for endpoint in overlay],
            commands=[str(endpoint) for endpoint in commands],
            peers=len(self._overlay.peers()),
            reachable=reachable,
            reachable_reason=reason,
            paused=left != 0.0,
            pause_left_s=left,
            vessels=await describe_vessels(self._ledger.vessels(), self._keepers),
            layers=self._layers,
            missing_layers=list(missing_layers(tuple(self._layers))),
        )

    async def look_into(self) -> OverlayReport:
        """What this node's overlay is like."""
        return look_into(self._overlay, self._key.public, self._ledger.settings().network)

    async def pause(self, for_s: float | None) -> None:
        """Freeze every program and withdraw adverts."""
        await self._pause.begin(for_s)

    async def resume(self) -> None:
        """Go on."""
        await self._pause.end()

    async def stop(self) -> None:
        """Begin to shut down; vessels run on."""
        self._stopping.set()


_REACHABLE = {
    Role.SERVER: ("yes", "a peer dialled back and got through"),
    Role.CLIENT: ("no", "peers that dialled back did not get through; see --public"),
    Role.UNKNOWN: ("unknown", "no peer has tried to dial back yet"),
}
