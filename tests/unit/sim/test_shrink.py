"""A scenario that breaches becomes a small one that does the same, and can be written down."""

from pathlib import Path

import msgspec
import pytest

from seattle_p2p.errors import BadPlan
from seattle_p2p.overlay.table import Bucket
from seattle_p2p.sim.run import Run
from seattle_p2p.sim.scenario import (
    Expect,
    NodeGroup,
    read_scenario,
    require_sense,
)
from seattle_p2p.sim.scenario_text import scenario_text
from seattle_p2p.sim.shrink import shrink

SIMULATIONS = Path(__file__).parents[3] / "simulations"
SMOKE = read_scenario(SIMULATIONS / "smoke" / "scenario.toml")
FOLDERS = sorted(path.parent for path in SIMULATIONS.glob("*/scenario.toml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_is_written_down_reads_back_as_the_same(folder, tmp_path):
    scenario = read_scenario(folder / "scenario.toml")
    (tmp_path / "again.toml").write_text(scenario_text(scenario))

    assert read_scenario(tmp_path / "again.toml") == scenario


def test_a_breach_shrinks_to_a_few_machines_that_still_breach(monkeypatch):
    really = Bucket.add_node

    def add_node(self, node):
        self.ksize += 1
        try:
            return really(self, node)
        finally:
            self.ksize -= 1

    monkeypatch.setattr(Bucket, "add_node", add_node)
    overlay = msgspec.structs.replace(SMOKE.overlay, k=3)
    scenario = msgspec.structs.replace(SMOKE, overlay=overlay)
    runs = []

    found = shrink(
        Run(scenario, 1).execute(),
        budget_s=1e9,
        tell=lambda tried, machines: runs.append(machines),
    )

    assert found.scenario.hosts <= 10
    assert found.scenario.meta.duration_s < 200
    assert len(runs) == found.tried
    (verdict,) = [v for v in Run(found.scenario, 1).execute().verdicts if not v.holds]
    assert verdict == found.verdict


def test_only_the_bound_that_is_broken_stays():
    far_off = Expect(measure="join.count", at_least=10**6)
    fine = Expect(measure="join.failed", at_most=10**6)
    scenario = msgspec.structs.replace(SMOKE, expect=(fine, far_off))

    found = shrink(Run(scenario, 1).execute(), budget_s=0)

    assert found.scenario.expect == (far_off,)


def test_a_scenario_in_which_nobody_can_join_is_refused():
    with pytest.raises(BadPlan, match="no group has the role 'bootstrap'"):
        require_sense(msgspec.structs.replace(SMOKE, nodes=(NodeGroup(name="a", count=2),)))
