"""Every measure of a run has a name that bounds may use, and is in the reference."""

from pathlib import Path

import pytest

from seattle_p2p.errors import BadPlan
from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.measure_names import measure_names
from seattle_p2p.sim.run import Run
from seattle_p2p.sim.scenario import read_scenario

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "scenario.md"


def test_every_measure_of_a_run_with_everything_in_it_is_known():
    plan = shapes.Scenario(
        version=1,
        meta=shapes.About(name="all", duration_s=300, signer="simulated"),
        nodes=(
            shapes.NodeGroup(name="seeds", count=1, role="bootstrap"),
            shapes.NodeGroup(name="donors", count=12, join_at_s=1, join_span_s=4),
            shapes.NodeGroup(name="people", count=2, role="experimenter", join_at_s=10),
        ),
        network=shapes.Network(latency="constant"),
        workload=shapes.Workload(discover_every_s=60, lookups_per_s=0.2, commands_every_s=100),
        faults=(shapes.Fault(kind="crash", at_s=100, share=0.3),),
    )

    measures = Run(plan, 1).execute().measures

    assert measures.keys() <= measure_names().keys()
    assert {"commands.served", "lookup.correct", "forget.adverts"} <= measures.keys()


def test_every_name_is_in_the_reference():
    page = REFERENCE.read_text()

    for name in measure_names():
        if not name.startswith("messages."):
            assert f"`{name}`" in page


@pytest.mark.parametrize(
    "text",
    [
        '[[expect]]\nmeasure = "discovery.recal"\nat_least = 1',
        '[sweep]\nmeasures = ["discovery.recal"]',
    ],
)
def test_a_measure_that_nobody_knows_is_refused_with_line_and_nearest_name(text, tmp_path):
    path = tmp_path / "scenario.toml"
    head = 'version = 1\n[meta]\nname = "x"\nduration_s = 100\n'
    path.write_text(head + '[[nodes]]\nname = "a"\ncount = 1\nrole = "bootstrap"\n' + text)

    with pytest.raises(BadPlan, match=r"no measure 'discovery\.recal'") as caught:
        read_scenario(path)

    assert "discovery.recall" in caught.value.hint
    assert ", line 1" in str(caught.value)
