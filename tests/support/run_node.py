"""``python -m tests.support.run_node FOLDER``: a node manager, as `donor run` runs it."""

import asyncio
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.ledger import NodeSettings
from seattle_p2p.manager.node_manager import NodeManager
from seattle_p2p.overlay.core import Role
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.endpoints import Endpoint


class Alone:
    """An overlay with nobody in it."""

    role = Role.UNKNOWN
    seen_at = None

    async def join(self, seeds: Sequence[PeerAddress]) -> None:
        pass

    async def publish(
        self, person: PublicKey, *, overlay: Sequence[Endpoint], commands: Sequence[Endpoint]
    ) -> None:
        pass

    async def withdraw(self, person: PublicKey) -> None:
        pass

    def peers(self) -> Sequence[Endpoint]:
        return []

    async def close(self) -> None:
        pass


async def alone(key: KeyPair, settings: NodeSettings, host: str, port: int) -> Alone:
    return Alone()


async def main(folder: Path) -> None:
    manager = NodeManager(DonorHome(folder), alone)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, lambda: loop.create_task(manager.stop()))
    await manager.run()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
