"""The long-lived process behind `seattle seed run`."""

import asyncio
import contextlib
import os
import random
import signal
import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from seattle_p2p.errors import SeattleError
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.identity.keystore import Keystore, generate, read_key_file
from seattle_p2p.manager.control import serve_control
from seattle_p2p.manager.membership import Membership
from seattle_p2p.net.inside import OverlayReport, look_into
from seattle_p2p.net.lan import may_announce
from seattle_p2p.net.twin import TwinDriver, open_driver
from seattle_p2p.net.udp import UdpDriver
from seattle_p2p.overlay.core import Role
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.wire.address import PeerAddress

KEY_NAME = "seed"
_ANYWHERE = ("0.0.0.0", "::")
_NOWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Addresses reserved for documentation: asking the way there sends nothing."""


class SeedNode:
    """A node of the overlay that serves newcomers.

    Args:
        folder: Its key, its port and the peers it remembers.
        bind: Address to listen at.
        port: UDP port; 0 takes the one of the last time, or a free one.
        public: Address to hand out; found out when empty.
        joins: Other nodes.
        lan: Whether to find, and tell, neighbours on the local network.
    """

    def __init__(
        self,
        folder: Path,
        network: str,
        bind: str,
        port: int,
        public: str,
        joins: Sequence[PeerAddress],
        *,
        lan: bool = True,
    ) -> None:
        self._folder = folder
        self._network = network
        self._bind = bind
        self._port = port
        self._public = public
        self._joins = joins
        self._lan = lan
        self._peers = folder / "peers.json"
        self._port_file = folder / "port"

    async def run(self, ready: Callable[[dict[str, Any]], None]) -> None:
        """Serve until SIGINT or SIGTERM.

        Args:
            ready: Told the address and what goes with it, once others may join.

        Raises:
            KeystoreError: the key cannot be read or made.
            SeattleError: the address cannot be listened at.
        """
        self._key = self._read_key()
        self._driver = await self._open()
        membership = self._make_membership()
        try:
            port = self._driver.endpoint.port
            addresses = [
                PeerAddress(host, port, self._key.public) for host in self._own_addresses()
            ]
            self._remember_port(port)
            async with serve_control(self._folder, self):
                ready(
                    {
                        "address": addresses[0].text,
                        "addresses": [address.text for address in addresses],
                        "key": self._key.public.text,
                        "network": self._network,
                        "pid": os.getpid(),
                    }
                )
                await self._serve(membership)
        finally:
            membership.remember_peers()
            await self._driver.close()

    async def look_into(self) -> OverlayReport:
        """What this seed's overlay is like."""
        return look_into(self._driver, self._key.public, self._network)

    async def _serve(self, membership: Membership) -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, stopped.set)
        joining = asyncio.create_task(membership.run())
        try:
            await stopped.wait()
        finally:
            joining.cancel()
            await asyncio.gather(joining, return_exceptions=True)

    def _make_membership(self) -> Membership:
        """A seed that stands alone waits to be found."""
        bound = [self._driver.endpoints[-1]]
        announced = self._lan and may_announce(bound)
        return Membership(
            self._driver,
            seeds=lambda: self._joins,
            memory=self._peers,
            lan=(self._network, bound) if announced else None,
        )

    def _read_key(self) -> KeyPair:
        store = Keystore(self._folder)
        path = self._folder / f"{KEY_NAME}.key"
        if not path.exists():
            store.save(KEY_NAME, generate())
        return read_key_file(path)

    async def _open(self) -> UdpDriver | TwinDriver:
        def make() -> OverlayNode:
            return OverlayNode(
                self._key,
                network=self._network,
                role=Role.SERVER,
                rng=random.Random(os.urandom(16)),
                entropy=os.urandom,
            )

        try:
            return await open_driver(make, self._bind, self._port or self._last_port())
        except OSError as reason:
            raise SeattleError(
                f"cannot listen at {self._bind} port {self._port or 'any'}: {reason.strerror}",
                hint="is another seed running? else choose --bind and --port",
            ) from reason

    def _last_port(self) -> int:
        try:
            number = int(self._port_file.read_text())
        except (OSError, ValueError):
            return 0
        return number if 0 < number < 65536 else 0

    def _remember_port(self, port: int) -> None:
        with contextlib.suppress(OSError):
            self._port_file.write_text(f"{port}\n")

    def _own_addresses(self) -> list[str]:
        """Addresses to hand out, the one for everybody first."""
        if self._public:
            return [PeerAddress.from_text(f"{_bracketed(self._public)}:1").host]
        if self._bind not in _ANYWHERE:
            return [self._bind]
        found = []
        for endpoint in self._driver.endpoints:
            family = socket.AF_INET6 if endpoint.family == 2 else socket.AF_INET
            with (
                socket.socket(family, socket.SOCK_DGRAM) as probe,
                contextlib.suppress(OSError),
            ):
                probe.connect((_NOWHERE[family], 9))
                found.append(str(probe.getsockname()[0]))
        return found or ["127.0.0.1"]


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
