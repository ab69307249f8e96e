"""Invariants notice what they are there for; a run without faults breaks none."""

import pytest

from seattle_p2p.overlay.contact import Endpoint, Peer
from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.invariants import bounds, components
from seattle_p2p.sim.run import Run


def a_run(**more):
    groups = (
        shapes.NodeGroup(name="seeds", count=1, role="bootstrap"),
        shapes.NodeGroup(name="donors", count=12, join_at_s=1, join_span_s=5),
        shapes.NodeGroup(name="people", count=2, role="experimenter", join_at_s=20),
    )
    about = shapes.About(name="tiny", duration_s=120)
    network = shapes.Network(latency="constant")
    return Run(
        shapes.Scenario(version=1, meta=about, nodes=groups, network=network, **more), seed=3
    )


def breached(result):
    return [verdict.name for verdict in result.verdicts if not verdict.holds]


def test_a_quiet_run_breaks_nothing():
    assert breached(a_run().execute()) == []


def test_a_datagram_that_vanishes_from_the_books_is_noticed_at_once():
    run = a_run()
    run.world.at(30, lambda: setattr(run.world.traffic, "sent", run.world.traffic.sent + 1))

    result = run.execute()

    assert breached(result) == ["every datagram is accounted for"]
    assert run.world.now_s < 32
    assert result.last


def test_a_made_up_contact_is_noticed():
    run = a_run()
    member = run.stage.population.members[3]

    def plant():
        core = member.core
        true = core.peers
        core.peers = lambda: [*true(), Peer(7, Endpoint("20.0.0.1", 1))]

    run.world.at(30, plant)

    assert breached(run.execute()) == ["every contact is a node at its own address"]


def test_an_owner_who_misses_a_vessel_is_noticed():
    run = a_run()
    # The seed holds no vessel, so nobody will find one there.
    run.stage.population.persons[0].advertised_by.add(0)

    result = run.execute()

    assert "every live advertised vessel is found by its owner" in breached(result)


def test_nodes_that_do_not_know_each_other_are_pieces():
    run = a_run()
    run.world.run(until=60)
    whole = components(run.stage.population)
    lonely = run.stage.population.members[4]
    for member in run.stage.population.live_members():
        known = [p for p in member.core.peers() if p.id != lonely.core.id]
        member.core.peers = lambda known=known: known
    lonely.core.peers = list

    assert whole == (1, 13)
    assert components(run.stage.population) == (2, 12)


@pytest.mark.parametrize(
    ("least", "most", "holds"),
    [(1, None, True), (None, 3, False), (2, 9, True), (6, None, False)],
)
def test_a_bound_compares_one_measure(least, most, holds):
    expect = shapes.Expect(measure="x", at_least=least, at_most=most)

    assert bounds([expect], {"x": 5})[0].holds is holds


def test_a_bound_on_a_measure_that_is_not_there_is_breached():
    verdict = bounds([shapes.Expect(measure="y", at_least=1)], {"x": 5})[0]

    assert not verdict.holds
    assert "no such measure" in verdict.detail
