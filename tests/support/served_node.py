"""A node's command service on loopback, over real HTTPS, with programs that are fakes."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from seattle_p2p.experiment.https import HttpsTransport
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.manager.actions import Actions
from seattle_p2p.manager.commands import CommandCore
from seattle_p2p.manager.effects import Effects
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.reads import Reads
from seattle_p2p.manager.service import Service
from seattle_p2p.net.certificate import make_certificate
from seattle_p2p.net.tls import server_context
from seattle_p2p.wire.address import PeerAddress
from tests.support.fake_keepers import FakeKeepers

NETWORK = "test"
RESTRICTIONS = """\
resource cpu 0.1
resource memory 30000000
resource diskused 1000000
resource events 10
resource lograte 30000
"""


def a_key(number: int) -> KeyPair:
    """The same key for the same number."""
    return KeyPair(number.to_bytes(32))


OWNER, USER, STRANGER = a_key(1), a_key(2), a_key(3)


@dataclass
class ServedNode:
    """What a test can reach of a node."""

    key: KeyPair
    address: PeerAddress
    ledger: Ledger
    keepers: FakeKeepers
    core: CommandCore
    service: Service
    folder: Path
    clients: list[NodeClient] = field(default_factory=list)

    @property
    def public(self) -> PublicKey:
        return self.key.public

    def client(self, key: KeyPair = OWNER, *, pauses_s: Sequence[float] = (0.0,)) -> NodeClient:
        """A client of this node; closed with it."""
        made = NodeClient(
            key,
            self.public,
            [self.address],
            HttpsTransport(),
            network=NETWORK,
            pauses_s=pauses_s,
        )
        self.clients.append(made)
        return made

    def add_vessel(self, owner: KeyPair = OWNER, users: Sequence[KeyPair] = (USER,)) -> str:
        row = self.ledger.add_vessel(
            owner.public, RESTRICTIONS, users=[user.public for user in users]
        )
        self.keepers.make(row.name)
        return row.name


@asynccontextmanager
async def a_served_node(
    folder: Path,
    *,
    number: int = 100,
    clock: Callable[[], float] = time.monotonic,
    wall: Callable[[], float] = time.time,
) -> AsyncGenerator[ServedNode, None]:
    """A node with one vessel, v1, of OWNER with USER as its user."""
    folder.mkdir(parents=True, exist_ok=True)
    key = a_key(number)
    (folder / "certificate.pem").write_bytes(make_certificate(key))
    ledger = Ledger(folder / "ledger.sqlite")
    keepers = FakeKeepers(folder / "vessels", wall)
    actions = Actions(ledger, keepers)
    core = CommandCore(
        key,
        network=NETWORK,
        layers=["seccomp"],
        ledger=ledger,
        reads=Reads(ledger, keepers, wall),
        effects=Effects(ledger, actions),
        clock=clock,
        entropy=os.urandom,
    )
    service = Service(core, server_context(folder / "certificate.pem"))
    listener = socket.create_server(("127.0.0.1", 0))
    address = PeerAddress("127.0.0.1", listener.getsockname()[1])
    node = ServedNode(key, address, ledger, keepers, core, service, folder)
    node.add_vessel()
    serving = asyncio.create_task(service.run(listener))
    try:
        yield node
    finally:
        for client in node.clients:
            await client.close()
        serving.cancel()
        await asyncio.wait([serving])
        ledger.close()
        keepers.close()
