"""What a scenario will cost, from a small pilot of it on this very machine."""

import math
from dataclasses import dataclass
from pathlib import Path

import msgspec
import psutil

from seattle_p2p.errors import BadPlan
from seattle_p2p.sim.run import Run
from seattle_p2p.sim.scenario import Scenario
from seattle_p2p.sim.signing import REAL_UP_TO

PILOT_HOSTS = 60
_LEAST_BYTES_PER_NODE = 100_000
"""Measured over 200 nodes; a process that freed memory before grows by less than it uses."""
_CROWDED = 2_000
"""Above so many nodes a message costs about twice as much: their state fits no cache."""


@dataclass(frozen=True)
class Estimate:
    """Expected cost of a run; within a factor of two or so.

    Args:
        hosts: Machines of the scenario.
        messages: Datagrams that will be delivered.
        cpu_s: Seconds of one core.
        memory_bytes: Most memory it will hold.
        free_bytes: What this machine has free now.
    """

    hosts: int
    messages: int
    cpu_s: float
    memory_bytes: int
    free_bytes: int

    def require_room(self) -> None:
        """Refuse what cannot fit.

        Raises:
            BadPlan: it needs more memory than is free.
        """
        if self.memory_bytes > self.free_bytes:
            fits = int(self.hosts * self.free_bytes / self.memory_bytes)
            raise BadPlan(
                f"{self.hosts:,} machines need about {self.memory_bytes / 2**20:,.0f} MiB,"
                f" {self.free_bytes / 2**20:,.0f} MiB are free",
                hint=f"ask for {fits:,} machines or fewer",
            )


def estimate(scenario: Scenario, folder: Path) -> Estimate:
    """Run a pilot of at most `PILOT_HOSTS` machines and scale it up.

    Lookups grow with the logarithm of the network, so messages of a node do, too.
    """
    pilot = _pilot(scenario)
    process = psutil.Process()
    before = process.memory_info().rss
    run = Run(pilot, folder=folder)
    result = run.execute()
    grown = max(process.memory_info().rss - before, pilot.hosts * _LEAST_BYTES_PER_NODE)
    times = scenario.hosts / pilot.hosts
    deeper = math.log(scenario.hosts + 1) / math.log(pilot.hosts + 1)
    dearer = 2 if scenario.hosts > _CROWDED else 1
    return Estimate(
        hosts=scenario.hosts,
        messages=round(result.cost.messages * times * deeper),
        cpu_s=result.cost.cpu_s * times * deeper * dearer,
        memory_bytes=round(before + grown * times * deeper),
        free_bytes=psutil.virtual_memory().available,
    )


def _pilot(scenario: Scenario) -> Scenario:
    share = min(PILOT_HOSTS / scenario.hosts, 1)
    signer = scenario.meta.signer
    if signer == "auto":
        signer = "real" if scenario.hosts <= REAL_UP_TO else "simulated"
    owners = math.ceil(scenario.workload.owners * share)
    return msgspec.structs.replace(
        scenario,
        meta=msgspec.structs.replace(scenario.meta, signer=signer),
        nodes=tuple(
            msgspec.structs.replace(group, count=max(round(group.count * share), 1))
            for group in scenario.nodes
        ),
        workload=msgspec.structs.replace(scenario.workload, owners=owners),
        expect=(),
    )
