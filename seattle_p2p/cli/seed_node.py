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

from seattle_p2p.errors import SeattleError, Unreachable
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.identity.keystore import Keystore, generate, read_key_file
from seattle_p2p.manager.remembered import read_peers, write_peers
from seattle_p2p.net.udp import UdpDriver
from seattle_p2p.overlay.core import Role
from seattle_p2p.overlay.node import OverlayNode
from seattle_p2p.wire.address import PeerAddress

KEY_NAME = "seed"
REMEMBER_S = 60.0
JOIN_AGAIN_S = 30.0
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
        joins: Other nodes, as people write them.

    Raises:
        UsageError: one of `joins` is no address.
    """

    def __init__(
        self,
        folder: Path,
        network: str,
        bind: str,
        port: int,
        public: str,
        joins: Sequence[str],
    ) -> None:
        self._folder = folder
        self._network = network
        self._bind = bind
        self._port = port
        self._public = public
        self._joins = [PeerAddress.from_text(text) for text in joins]
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
        key = self._key()
        driver = await self._open(key)
        try:
            address = PeerAddress(self._own_address(), driver.endpoint.port, key.public)
            self._remember_port(address.port)
            ready(
                {
                    "address": address.text,
                    "key": key.public.text,
                    "network": self._network,
                    "pid": os.getpid(),
                }
            )
            await self._serve(driver)
        finally:
            self._remember_peers(driver)
            await driver.close()

    async def _serve(self, driver: UdpDriver) -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.add_signal_handler(number, stopped.set)
        joining = asyncio.create_task(self._keep_joined(driver))
        try:
            await stopped.wait()
        finally:
            joining.cancel()
            await asyncio.gather(joining, return_exceptions=True)

    async def _keep_joined(self, driver: UdpDriver) -> None:
        """Join others if any are known; a seed that stands alone waits to be found."""
        while True:
            known = [*self._joins, *read_peers(self._peers)]
            if known and not driver.peers():
                with contextlib.suppress(Unreachable):
                    await driver.join(known)
            await asyncio.sleep(REMEMBER_S if driver.peers() else JOIN_AGAIN_S)
            self._remember_peers(driver)

    def _key(self) -> KeyPair:
        store = Keystore(self._folder)
        path = self._folder / f"{KEY_NAME}.key"
        if not path.exists():
            store.save(KEY_NAME, generate())
        return read_key_file(path)

    async def _open(self, key: KeyPair) -> UdpDriver:
        node = OverlayNode(
            key,
            network=self._network,
            role=Role.SERVER,
            rng=random.Random(os.urandom(16)),
            entropy=os.urandom,
        )
        try:
            return await UdpDriver.open(node, self._bind, self._port or self._last_port())
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

    def _remember_peers(self, driver: UdpDriver) -> None:
        write_peers(self._peers, (PeerAddress(p.host, p.port) for p in driver.peers()))

    def _own_address(self) -> str:
        if self._public:
            return PeerAddress.from_text(f"{_bracketed(self._public)}:1").host
        if self._bind not in _ANYWHERE:
            return self._bind
        family = socket.AF_INET6 if ":" in self._bind else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((_NOWHERE[family], 9))
                return str(probe.getsockname()[0])
            except OSError:
                return "::1" if family == socket.AF_INET6 else "127.0.0.1"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host and not host.startswith("[") else host
