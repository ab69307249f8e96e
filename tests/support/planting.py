"""Runs the scenario that catches planted mistakes, with two machines that relay proofs."""

from pathlib import Path

import msgspec

from seattle_p2p.overlay.contact import Peer
from seattle_p2p.sim.impostors import Relay
from seattle_p2p.sim.run import Run
from seattle_p2p.sim.scenario import NodeGroup, read_scenario

SCENARIO = Path(__file__).parents[2] / "simulations" / "rules-kept"


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
