"""Answers that change nothing: one handler for each action that only asks.

They write nothing to the ledger either, so that nobody can keep the disk busy by asking.
"""

from collections.abc import AsyncGenerator, Callable, Sequence

from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.authorise import Role, role_of
from seattle_p2p.manager.following import Following, first_byte, read_part
from seattle_p2p.manager.keeping import Keepers, resources_of
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.vessel_rows import VesselRow
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.status import VesselStatus
from seattle_p2p.wire.actions import (
    Action,
    FollowLogs,
    GetFile,
    ListFiles,
    ListVessels,
    LogFrom,
    ReadLog,
    Status,
)
from seattle_p2p.wire.limits import STREAM_FRAME_BYTES
from seattle_p2p.wire.results import FileInfo, Files, Result, Streams, VesselInfo, Vessels

StreamAction = GetFile | FollowLogs


class Reads:
    """Answers what is permitted.

    Args:
        wall: Seconds of this machine's wall clock: only compared with the same clock's
            earlier readings, to say for how long a state has lasted.
    """

    def __init__(self, ledger: Ledger, keepers: Keepers, wall: Callable[[], float]) -> None:
        self._ledger = ledger
        self._keepers = keepers
        self._wall = wall

    async def read(self, person: PublicKey, action: Action) -> Result | None:
        """Answer a read; None when `action` is none."""
        match action:
            case ListVessels():
                rows = self._ledger.vessels()
                mine = [row for row in rows if role_of(person, row) is not Role.NOBODY]
                infos = tuple(self._describe(person, row) for row in mine)
                return Vessels(infos, self._ledger.settings().offcut)
            case Status(vessel):
                await self._keepers.fresh_status(vessel)
                info = self._describe(person, self._ledger.vessel(vessel))
                return Vessels((info,), self._ledger.settings().offcut)
            case ReadLog(vessel, offset, limit, since_s):
                now = self._wall()
                first = first_byte(self._keepers, LogFrom(vessel, offset, since_s), now)
                return read_part(self._keepers, vessel, first, limit, now)
            case ListFiles(vessel):
                return self._list_files(self._ledger.vessel(vessel))
        return None

    def _describe(self, person: PublicKey, row: VesselRow) -> VesselInfo:
        status = self._keepers.status(row.name)
        log = self._keepers.read_log(row.name, 0, 0)
        owner = role_of(person, row) is Role.OWNER
        since = status.started_at if status.running else status.ended_at
        return VesselInfo(
            name=row.name,
            role="owner" if owner else "user",
            owner=row.owner.raw,
            users=tuple(user.raw for user in row.users) if owner else (),
            information=row.information,
            advertise=row.advertise,
            generation=row.generation,
            state=status.state,
            cause=status.cause,
            text=status.text,
            line=status.line,
            run=status.run_id,
            program=status.program,
            arguments=_arguments_of(row, status),
            for_s=max(self._wall() - since, 0.0) if since else -1.0,
            log_start=log.start,
            log_end=log.end,
            restrictions=row.restrictions,
            used={
                "cpu_s": status.usage.cpu_s,
                "memory": status.usage.memory,
                "diskused": status.usage.disk,
                "events": status.usage.threads,
            },
            keep_running=row.keep_running,
            security_layers=row.layers,
        )

    def _folder(self, row: VesselRow) -> VesselFolder:
        return self._keepers.folder(row.name, resources_of(row.restrictions))

    def _list_files(self, row: VesselRow) -> Files:
        folder = self._folder(row)
        entries = tuple(FileInfo(entry.name, entry.size) for entry in folder.list())
        return Files(entries, folder.used_bytes, folder.disk_limit)

    def stream(
        self, action: StreamAction, rows: Sequence[VesselRow]
    ) -> tuple[Streams, AsyncGenerator[bytes, None]]:
        """The head of a streamed answer and its frames, which raise why they end early."""
        if isinstance(action, FollowLogs):
            following = Following(
                action.logs, rows, self._keepers, self._wall, self._ledger.require_unchanged
            )
            return Streams(), following.frames()
        row = rows[0]
        folder = self._folder(row)
        size = folder.size_of(action.file)
        blocks = folder.get(action.file, block=STREAM_FRAME_BYTES)

        async def frames() -> AsyncGenerator[bytes, None]:
            for block in blocks:
                self._ledger.require_unchanged(row)
                yield block

        return Streams(size), frames()


def _arguments_of(row: VesselRow, status: VesselStatus) -> tuple[str, ...]:
    """Those of the latest run; a revived run has a count behind its id."""
    known = row.run is not None and status.run_id.partition("-")[0] == row.run.id
    return row.run.arguments if known and row.run else ()
