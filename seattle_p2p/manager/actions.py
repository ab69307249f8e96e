"""One handler per action that changes something, once it is genuine and permitted.

Effects come in two kinds: those of the ledger alone, which happen inside the caller's
transaction, and those outside (programs, files), which are intents first, can be settled after
a crash, and never happen twice. What changes nothing is in `reads`.
"""

import asyncio
from collections.abc import Callable, Sequence

from seattle_p2p.errors import NoSuchVessel, UsageError, VesselBusy
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.dividing import join_vessels, split_vessel
from seattle_p2p.manager.keeping import Keepers, resources_of
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.vessel_rows import Run, VesselRow
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.restrictions import parse_restrictions
from seattle_p2p.vessel.upload import Upload
from seattle_p2p.wire.actions import (
    ChangeAdvertise,
    ChangeInformation,
    ChangeKeepRunning,
    ChangeLayers,
    ChangeOwner,
    ChangeUsers,
    DeleteFile,
    Join,
    Layer,
    PutFile,
    Reset,
    Split,
    Start,
    Stop,
    vessels_of,
)
from seattle_p2p.wire.bodies import BodyDigest
from seattle_p2p.wire.limits import MAX_LAYER_BYTES
from seattle_p2p.wire.results import (
    Divided,
    Done,
    Result,
    United,
)

LedgerAction = (
    ChangeAdvertise
    | ChangeUsers
    | ChangeInformation
    | ChangeOwner
    | ChangeKeepRunning
    | ChangeLayers
    | Split
    | Join
)
RunAction = Start | Stop | Reset
OutsideAction = RunAction | PutFile | DeleteFile


class Actions:
    """Carries out what is permitted.

    Args:
        paused: Whether the donor wants every program to hold still.
    """

    def __init__(
        self,
        ledger: Ledger,
        keepers: Keepers,
        *,
        paused: Callable[[], bool] = lambda: False,
    ) -> None:
        self._ledger = ledger
        self._keepers = keepers
        self._paused = paused

    # Effects of the ledger alone

    async def prepare(self, action: LedgerAction, person: PublicKey) -> None:
        """What comes before `change`: vessels that are split or joined must be still.

        Raises:
            VesselBusy: a program runs there, and nobody said it may be ended.
        """
        if not isinstance(action, Split | Join):
            return
        names = vessels_of(action)
        running = [name for name in names if self._keepers.status(name).running]
        if running and not action.stop:
            raise VesselBusy(
                f"a program runs in {', '.join(running)}",
                hint="stop it first, or say --stop; files and logs are lost either way",
            )
        for name in running:
            await self._keepers.stop(name, by=person.short)

    def change(self, action: LedgerAction, rows: Sequence[VesselRow]) -> Result:
        """Carry out one, inside the caller's transaction; `rows` are what it is about."""
        match action:
            case ChangeAdvertise(name, advertise):
                self._ledger.change_advertise(name, advertise)
            case ChangeUsers(name, users):
                self._ledger.change_users(name, [_person(user) for user in users])
            case ChangeInformation(name, information):
                self._ledger.change_information(name, information)
            case ChangeOwner(name, owner, keep_users):
                kept = rows[0].users if keep_users else ()
                self._ledger.change_owner(name, _person(owner), users=kept)
            case ChangeKeepRunning(name, keep_running):
                self._ledger.change_keep_running(name, keep_running)
            case ChangeLayers(name, layers):
                self._ledger.change_layers(name, self._texts_of(layers, rows[0]))
            case Split(name, parts):
                requested = [parse_restrictions(part) for part in parts]
                made, leftover = split_vessel(self._ledger, name, requested)
                return Divided(tuple(row.name for row in made), leftover.name)
            case Join(names):
                return United(join_vessels(self._ledger, names).name)
        return Done()

    def make_new(self, result: Result) -> None:
        """Make the folders of new vessels, before anybody else sees them in the ledger."""
        for name in _new_vessels(result):
            self._keepers.make(name)

    def _texts_of(self, layers: Sequence[Layer], row: VesselRow) -> list[tuple[str, bytes]]:
        """Name and text of layers that lie in a vessel's files.

        Raises:
            NoSuchFile: one is not there.
            UsageError: one is too long, or not what was meant.
        """
        found = []
        with self._folder(row) as folder:
            for layer in layers:
                # Not its size first: a program may make it longer in between.
                text = folder.read(layer.file, MAX_LAYER_BYTES + 1)
                if len(text) > MAX_LAYER_BYTES:
                    raise UsageError(
                        f"the layer {layer.name} is longer than {MAX_LAYER_BYTES} bytes"
                    )
                counted = BodyDigest()
                counted.add(text)
                if counted.value != layer.body_digest:
                    raise UsageError(
                        f"the file {layer.file} changed since the layer was uploaded",
                        hint="upload it again",
                    )
                found.append((layer.name, text))
        return found

    async def follow_up(self, action: LedgerAction, result: Result) -> None:
        """What comes after the commit; a node manager that is killed here does it at start."""
        if _new_vessels(result):
            for name in vessels_of(action):
                await self._keepers.remove(name)

    # Effects outside the ledger

    def _folder(self, row: VesselRow) -> VesselFolder:
        return self._keepers.folder(row.name, resources_of(row.restrictions))

    def begin_upload(self, action: PutFile, row: VesselRow) -> Upload:
        """A place beside the vessel's files for a body to come; to be closed by the caller.

        Raises:
            OutOfResources: more than the vessel's disk holds.
        """
        return self._folder(row).put(action.file, action.size)

    async def act(
        self, action: RunAction | DeleteFile, row: VesselRow, person: PublicKey, run_id: str
    ) -> Result:
        """Carry out one; the intent is in the ledger already."""
        match action:
            case Start(name, program, arguments):
                if self._paused():
                    raise VesselBusy(
                        "the donor of that machine has paused everything on it",
                        hint="try again later, or use other vessels",
                    )
                self._folder(row).size_of(program)  # raises when there is no such file
                # The donor may have changed the share since the rights were looked at.
                resources = resources_of(self._ledger.vessel(name).restrictions)
                await self._keepers.start(
                    name,
                    resources,
                    program,
                    arguments,
                    run_id,
                    layers=self._ledger.layers(name),
                )
            case Stop(name):
                await self._keepers.stop(name, by=person.short)
            case Reset(name):
                await self._keepers.reset(name, by=person.short)
            case DeleteFile(_, file):
                await asyncio.to_thread(self._folder(row).delete, file)
        return Done()

    def note(self, action: OutsideAction, run_id: str) -> None:
        """Write down what the ledger should know of one that was done."""
        match action:
            case Start(name, program, arguments):
                self._ledger.change_run(name, Run(run_id, program, arguments))
            case Stop(name):
                self._ledger.change_run(name, None)
            case Reset(name):
                self._ledger.change_run(name, None)
                self._ledger.raise_generation(name)

    async def was_done(self, action: OutsideAction, run_id: str) -> bool:
        """After a crash: whether an intent took effect. A reset is brought to its end."""
        try:
            row = self._ledger.vessel(action.vessel)
        except NoSuchVessel:
            return False
        match action:
            case Start(name):
                return self._keepers.status(name).run_id == run_id
            case Stop(name):
                return not self._keepers.status(name).running
            case Reset(name):
                await self._keepers.reset(name)
                return True
            case PutFile(_, file, size, wanted):
                folder = self._folder(row)
                present = {entry.name: entry.size for entry in folder.list()}
                if present.get(file) != size:
                    return False
                counted = BodyDigest()
                for block in folder.get(file):
                    counted.add(block)
                return counted.value == wanted
            case DeleteFile(_, file):
                return file not in {entry.name for entry in self._folder(row).list()}


def _new_vessels(result: Result) -> tuple[str, ...]:
    match result:
        case Divided(requested, leftover):
            return (*requested, leftover)
        case United(vessel):
            return (vessel,)
    return ()


def _person(raw: bytes) -> PublicKey:
    """A key that somebody can hold; a vessel given to another would be lost to everybody."""
    person = PublicKey(raw)
    if not person.is_usable:
        raise UsageError(
            f"nobody can hold the key {person.short}…",
            hint="copy the key again, as `seattle keys show` prints it",
        )
    return person
