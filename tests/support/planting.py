"""Mistakes to plant, and the scenario that catches them, two machines in it relaying proofs."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from seattle_p2p.overlay.contact import Peer
from seattle_p2p.sim.impostors import Relay
from seattle_p2p.sim.run import Run
from seattle_p2p.sim.scenario import NodeGroup, read_scenario

SCENARIO = Path(__file__).parents[2] / "simulations" / "rules-kept"


class Plants:
    """Patches by their names in words; each plants one mistake."""

    def __init__(self):
        self._patches: dict[str, Callable[[pytest.MonkeyPatch], None]] = {}

    def __iter__(self):
        return iter(self._patches)

    def add(self, patch):
        """Take a patch in; a decorator."""
        self._patches[patch.__name__.replace("_", " ")] = patch
        return patch

    def is_caught(self, name, monkeypatch, seeds):
        """Plant one; whether any of the seeds breaks a verdict then."""
        self._patches[name](monkeypatch)
        return any(breached(seed) for seed in seeds)


def breached(seed):
    """The verdicts that one seed breaks, with two machines that relay others' proofs."""
    scenario = read_scenario(SCENARIO)
    relays = NodeGroup(name="relays", count=2, role="bootstrap", join_at_s=1)
    run = Run(msgspec.structs.replace(scenario, nodes=(*scenario.nodes, relays)), seed)
    for member in run.stage.population.members:
        if member.group == "relays":
            member.host.make_core = relaying(run.stage, member.host.make_core)
    return [verdict for verdict in run.execute().verdicts if not verdict.holds]


def relaying(stage, make):
    def make_relay(host):
        victim = stage.population.members[10 + host.index % 7]
        peer = Peer(victim.signer.public.node_id, victim.host.endpoint)
        rng = stage.world.streams.stream(f"relay/{host.index}")
        return Relay(make(host), stage._codec, rng, peer)

    return make_relay
