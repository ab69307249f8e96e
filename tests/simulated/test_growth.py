"""Who joined while a network was small soon knows that it is not any more."""

from statistics import quantiles

from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.staging import Stage

DONORS = 300


def test_those_who_saw_a_network_grow_know_its_size_half_an_hour_later():
    stage = Stage(
        shapes.Scenario(
            version=1,
            meta=shapes.About(name="growth", duration_s=10_000, signer="simulated"),
            nodes=(
                shapes.NodeGroup(name="seeds", count=2, role="bootstrap"),
                shapes.NodeGroup(name="donors", count=DONORS, join_at_s=1, join_span_s=600),
            ),
            network=shapes.Network(latency="planetlab"),
        ),
        1,
    )
    stage.world.run(until=2400)

    members = stage.population.live_members()
    tenths = quantiles([m.core.statistics().size_estimate for m in members], n=10)

    assert tenths[0] >= DONORS / 2
    assert tenths[8] <= DONORS * 2
