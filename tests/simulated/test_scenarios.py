"""Every folder of simulations/ is a question with a scenario that can be run and is kept."""

from pathlib import Path

import pytest

from seattle_p2p.sim.run import Run
from seattle_p2p.sim.scenario import read_scenario
from seattle_p2p.sim.staging import Stage
from seattle_p2p.sim.sweep import at_point, points

FOLDERS = sorted(
    path.parent for path in Path(__file__).parents[2].glob("simulations/*/scenario.toml")
)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_scenario_is_sound_and_written_up(folder):
    scenario = read_scenario(folder)
    readme = (folder / "README.md").read_text()

    assert scenario.meta.name == folder.name
    assert scenario.meta.question.endswith("?")
    assert readme.startswith("# ")
    for part in ("**Method.**", "**What must come out**", "**Found.**", "**Run it.**"):
        assert part in readme, part
    assert scenario.expect, "no bounds in expected.toml"
    Stage(scenario, 1, folder)
    for point in points(scenario, ()):
        at_point(scenario, point)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_scenario_keeps_its_bounds(folder):
    result = Run(read_scenario(folder), folder=folder).execute()

    assert [f"{v.name}: {v.detail}" for v in result.verdicts if not v.holds] == []
