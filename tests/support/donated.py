"""A donor's folder as after an installation, and a real node manager process that runs it."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from seattle_p2p.errors import Unreachable
from seattle_p2p.experiment.https import HttpsTransport
from seattle_p2p.experiment.peer import PAUSES_S, NodeClient
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.identity.keystore import Keystore, read_key_file, write_private_file
from seattle_p2p.manager.control import ManagerReport, Question, ask
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.settings import NodeSettings
from seattle_p2p.net.certificate import make_certificate
from seattle_p2p.wire.address import PeerAddress

NETWORK = "test"
ROOT = Path(__file__).resolve().parents[2]
RESTRICTIONS = """\
resource cpu 0.2
resource memory 30000000
resource diskused 5000000
resource events 10
resource filesopened 5
resource fileread 1000000
resource filewrite 1000000
resource netsend 100000
resource netrecv 100000
resource lograte 300000
resource random 1000
"""


def a_donated_folder(
    folder: Path,
    owner: PublicKey,
    *,
    vessels: int = 1,
    users: Sequence[PublicKey] = (),
    seeds: Sequence[str] = (),
) -> DonorHome:
    """A folder with a key, a certificate and a ledger of so many vessels."""
    home = DonorHome(folder)
    folder.mkdir(parents=True)
    key = KeyPair(os.urandom(32))
    Keystore(folder).save(home.key.stem, key)
    write_private_file(home.certificate, make_certificate(key))
    with contextlib.closing(Ledger(home.ledger)) as ledger:
        ledger.save_settings(
            NodeSettings(network=NETWORK, bind="127.0.0.1", testbed=True, seeds=tuple(seeds))
        )
        with ledger.transaction():
            for _ in range(vessels):
                ledger.add_vessel(owner, RESTRICTIONS, users=users)
    home.installer.write_bytes(b"")
    return home


@dataclass
class RunningNode:
    """A node manager in a process of its own."""

    home: DonorHome
    process: asyncio.subprocess.Process

    @property
    def public(self) -> PublicKey:
        return read_key_file(self.home.key).public

    @property
    def address(self) -> PeerAddress:
        with contextlib.closing(Ledger(self.home.ledger)) as ledger:
            return PeerAddress("127.0.0.1", ledger.settings().command_port)

    def client(self, key: KeyPair, *, pauses_s: Sequence[float] = PAUSES_S) -> NodeClient:
        return NodeClient(
            key,
            self.public,
            [self.address],
            HttpsTransport(),
            network=NETWORK,
            pauses_s=pauses_s,
        )

    async def report(self) -> ManagerReport:
        report = await ask(self.home.folder, Question("report"))
        assert report is not None
        return report

    async def wait_until_ready(self) -> ManagerReport:
        """Return when it answers its donor, and so everybody."""
        async with asyncio.timeout(20):
            while True:
                assert self.process.returncode is None, "the node manager ended"
                with contextlib.suppress(Unreachable):
                    return await self.report()
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """As `kill -9` does."""
        self.process.kill()
        await self.process.wait()

    async def start_again(self) -> None:
        self.process = await spawn(self.home)
        await self.wait_until_ready()


@asynccontextmanager
async def a_running_node(home: DonorHome) -> AsyncGenerator[RunningNode, None]:
    """The node manager of `home`; at the end it and all its vessels are gone."""
    node = RunningNode(home, await spawn(home))
    try:
        await node.wait_until_ready()
        yield node
    finally:
        if node.process.returncode is None:
            node.process.send_signal(signal.SIGTERM)
            await node.process.wait()
        await _end_vessels(home)


async def spawn(home: DonorHome) -> asyncio.subprocess.Process:
    """The node manager of `home`, in a process of its own."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.run_node", str(home.folder), cwd=ROOT
    )


async def _end_vessels(home: DonorHome) -> None:
    from seattle_p2p.vessel.keepers import Keepers

    keepers = Keepers(home.vessels)
    await keepers.open()
    for vessel in keepers.vessel_ids():
        await keepers.stop(vessel, "the test")
    await keepers.close()
