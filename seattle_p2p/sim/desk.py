"""A donor's node manager in virtual time: the real command core over the real ledger.

Only what runs programs is rehearsed: a start is noted, not carried out, so that it can be
counted whether each command was acted on exactly once.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from seattle_p2p.errors import NoSuchVessel, VesselBusy
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.manager.actions import Actions
from seattle_p2p.manager.challenges import Line
from seattle_p2p.manager.commands import CommandCore
from seattle_p2p.manager.effects import Effects
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.reads import Reads
from seattle_p2p.sim.world import Host, World
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.log_ring import LogPart
from seattle_p2p.vessel.resources import Resources
from seattle_p2p.vessel.status import VesselStatus

_RESTRICTIONS = """\
resource cpu 0.05
resource memory 30000000
resource diskused 1000000
resource events 10
"""


class Desk:
    """Where one node's commands are answered; its ledger is a file, its vessels are folders.

    Opened when the first connection comes, so that a thousand nodes of which few are asked cost
    little; closed by `crash`, and opened again from its files like after any crash.

    Args:
        world: Gives the time.
        host: The machine.
        key: The node's.
        owners: Who owns its vessels, one each.
        folder: Where its files are; made when missing.
        network: Name of the network.
        entropy: ``entropy(n)`` gives n octets.
    """

    def __init__(
        self,
        world: World,
        host: Host,
        key: KeyPair,
        owners: Sequence[PublicKey],
        folder: Path,
        *,
        network: str,
        entropy: Callable[[int], bytes],
    ) -> None:
        self.host = host
        self.key = key
        self.core: CommandCore | None = None
        self.keepers = RehearsedKeepers(folder)
        self._world = world
        self._owners = owners
        self._folder = folder
        self._network = network
        self._entropy = entropy
        self._ledger: Ledger | None = None
        self._started_ns = -1

    def take_in(self) -> tuple[CommandCore, Line]:
        """The core and a line for a new connection."""
        if self.core is None or self._started_ns != self.host.started_ns:
            self.crash()
            self.core = self._open()
            self._started_ns = self.host.started_ns
        return self.core, self.core.line()

    def crash(self) -> None:
        """Lose everything but the files."""
        if self._ledger is not None:
            self._ledger.close()
        self.core = self._ledger = None

    def close(self) -> None:
        """Let go of all files."""
        self.crash()
        self.keepers.close()

    def information(self, vessel: str) -> str:
        """What the ledger says of a vessel; empty when nobody was ever here."""
        return self._ledger.vessel(vessel).information if self._ledger is not None else ""

    def _open(self) -> CommandCore:
        self._folder.mkdir(parents=True, exist_ok=True)
        clock = self._clock
        self._ledger = ledger = Ledger(self._folder / "ledger.sqlite", clock=clock, wall=clock)
        if not ledger.vessels():
            for owner in self._owners:
                ledger.add_vessel(owner, _RESTRICTIONS)
        for row in ledger.vessels():
            self.keepers.make(row.name)
        actions = Actions(ledger, self.keepers)
        return CommandCore(
            self.key,
            network=self._network,
            layers=("rehearsed",),
            ledger=ledger,
            reads=Reads(ledger, self.keepers, clock),
            effects=Effects(ledger, actions),
            clock=clock,
            entropy=self._entropy,
        )

    def _clock(self) -> float:
        return self._world.now_s


class RehearsedKeepers:
    """`manager.keeping.Keepers` whose programs do nothing, for ever; files are real.

    Args:
        folder: Vessels' folders are made in it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._status: dict[str, VesselStatus] = {}
        self._files: dict[str, VesselFolder] = {}
        self.started: Counter[str] = Counter()
        """How often each run, by its id, was started."""

    def close(self) -> None:
        """Let go of all files."""
        while self._files:
            self._files.popitem()[1].close()

    def make(self, vessel_id: str) -> None:
        """A vessel in which nothing ran yet; unchanged when it is there."""
        (self._folder / vessel_id).mkdir(parents=True, exist_ok=True)
        self._status.setdefault(vessel_id, VesselStatus())

    async def remove(self, vessel_id: str, by: str = "") -> None:
        """Forget a vessel."""
        if vessel_id in self._files:
            self._files.pop(vessel_id).close()
        self._status.pop(vessel_id, None)

    async def start(
        self,
        vessel_id: str,
        restrictions: Resources,
        program: str,
        arguments: tuple[str, ...] | list[str],
        run_id: str,
        *,
        layers: Sequence[tuple[str, bytes]] = (),
    ) -> VesselStatus:
        """Note that it was started."""
        if self.status(vessel_id).running:
            raise VesselBusy("a program runs there already", hint="stop it first")
        self.started[run_id] += 1
        status = VesselStatus(state="started", run_id=run_id, program=program)
        self._status[vessel_id] = status
        return status

    async def stop(self, vessel_id: str, by: str = "") -> VesselStatus:
        """Note that it was stopped."""
        status = self.status(vessel_id)
        if status.running:
            status = VesselStatus(state="stopped", cause="stopped", run_id=status.run_id)
            self._status[vessel_id] = status
        return status

    async def reset(self, vessel_id: str, by: str = "") -> VesselStatus:
        """As if nothing had ever run."""
        self._status[vessel_id] = VesselStatus()
        return self._status[vessel_id]

    def status(self, vessel_id: str) -> VesselStatus:
        """The latest run."""
        if vessel_id not in self._status:
            raise NoSuchVessel(f"there is no vessel {vessel_id!r} here")
        return self._status[vessel_id]

    async def fresh_status(self, vessel_id: str) -> VesselStatus:
        """The same."""
        return self.status(vessel_id)

    def read_log(self, vessel_id: str, offset: int, limit: int) -> LogPart:
        """Programs that do nothing log nothing."""
        return LogPart(0, b"", 0)

    def log_since(self, vessel_id: str, moment: float) -> int:
        """The same."""
        return 0

    async def wait_log(self, vessel_id: str, offset: int) -> int:
        """The same."""
        return 0

    def folder(self, vessel_id: str, restrictions: Resources) -> VesselFolder:
        """The vessel's files."""
        if vessel_id not in self._files or self._files[vessel_id].closed:
            path = self._folder / vessel_id / "files"
            self._files[vessel_id] = VesselFolder(path, restrictions.disk)
        return self._files[vessel_id]
