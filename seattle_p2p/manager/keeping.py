"""What the command core needs of keepers: an interface, so that tests can give another."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.log_ring import LogPart as LogStretch
from seattle_p2p.vessel.resources import Resources
from seattle_p2p.vessel.restrictions import parse_restrictions
from seattle_p2p.vessel.status import VesselStatus


class Keepers(Protocol):
    """What is needed of `vessel.keepers.Keepers`, which says more about each."""

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
        """Run a program that is in the vessel's folder, above some security layers."""

    async def stop(self, vessel_id: str, by: str = "") -> VesselStatus:
        """End it; returns when it is gone."""

    async def reset(self, vessel_id: str, by: str = "") -> VesselStatus:
        """End it, remove files and log."""

    def status(self, vessel_id: str) -> VesselStatus:
        """The latest run."""

    async def fresh_status(self, vessel_id: str) -> VesselStatus:
        """The same with the usage of this moment."""

    def read_log(self, vessel_id: str, offset: int, limit: int) -> LogStretch:
        """A stretch of the log."""

    def log_since(self, vessel_id: str, moment: float) -> int:
        """Where in the log begins what came at `moment` (seconds since 1970) or later."""

    async def wait_log(self, vessel_id: str, offset: int) -> int:
        """Return when the log goes beyond `offset`, or the state changed, or nothing runs."""

    def folder(self, vessel_id: str, restrictions: Resources) -> VesselFolder:
        """The vessel's files; they stay open for the next who asks."""

    def make(self, vessel_id: str) -> object:
        """Make the empty folder of a new vessel."""

    async def remove(self, vessel_id: str, by: str = "") -> None:
        """Remove a vessel's folder with everything in it."""


@lru_cache(maxsize=1024)
def resources_of(restrictions: str) -> Resources:
    """The amounts in a restrictions text; remembered, since the same few are asked for."""
    return parse_restrictions(restrictions)
