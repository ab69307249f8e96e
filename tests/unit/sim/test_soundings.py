"""What is still known of machines that are gone: followed until it is dropped."""

import pytest

from seattle_p2p.overlay.params import Params
from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.run import Run
from seattle_p2p.sim.soundings import remembered

DIES_S = 60


def a_run(*, for_s=0, **overlay):
    """Ten donors, three of which die; adverts live 200 s and dead contacts are not tried."""
    plan = shapes.Scenario(
        version=1,
        meta=shapes.About(name="tiny", duration_s=400, signer="simulated"),
        nodes=(
            shapes.NodeGroup(name="seeds", count=1, role="bootstrap"),
            shapes.NodeGroup(name="donors", count=10, join_at_s=1, join_span_s=4),
        ),
        network=shapes.Network(latency="constant"),
        overlay=Params(lifetime_s=200, renew_s=80.0, **overlay),
        faults=(shapes.Fault(kind="crash", at_s=DIES_S, share=0.3, for_s=for_s),),
    )
    return Run(plan, seed=1).execute()


@pytest.fixture(scope="module")
def result():
    return a_run()


def test_adverts_of_the_dead_are_followed_until_the_last_holder_drops_them(result):
    points = remembered(result.soundings)

    assert points[0] == (0.0, result.measures["forget.adverts"])
    assert result.measures["forget.adverts"] >= 3
    assert points[-1][1] == result.soundings.left_over == 0
    assert [left for _, left in points] == sorted((left for _, left in points), reverse=True)
    assert 0 < points[-1][0] <= 200 + 5
    assert result.measures["forget.s_p99"] == points[-1][0]


def test_contacts_are_stale_only_after_somebody_died(result):
    before = [each for each in result.soundings.taken if each.now_s < DIES_S]
    after = [each for each in result.soundings.taken if each.now_s > DIES_S]

    assert all(each.contacts and not each.stale for each in before)
    assert after[0].stale > 0
    assert result.measures["table.stale_share"] > 0


def test_nobody_counts_as_forgotten_who_came_back():
    result = a_run(for_s=5)

    assert result.measures.get("forget.adverts", 0) == 0
    assert result.soundings.taken[-1].stale == 0
