"""Sweeps: every combination once, the same in a pool as alone, and resumable."""

import msgspec
import pytest

from seattle_p2p.errors import BadPlan
from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.run import Run
from seattle_p2p.sim.sweep import ROWS, Point, at_point, points, read_rows, run_sweep, summarise


@pytest.fixture
def plan():
    return shapes.Scenario(
        version=1,
        meta=shapes.About(name="tiny", duration_s=90),
        nodes=(
            shapes.NodeGroup(name="seeds", count=1, role="bootstrap"),
            shapes.NodeGroup(name="donors", count=8, join_at_s=1, join_span_s=4),
            shapes.NodeGroup(name="people", count=1, role="experimenter", join_at_s=20),
        ),
        network=shapes.Network(latency="constant"),
        sweep=shapes.Sweep(seeds=(1, 2), axes={"network.loss": (0.0, 0.02)}),
    )


def test_every_combination_is_run_with_every_seed(plan):
    assert points(plan, ()) == [
        Point((("network.loss", 0.0),), 1),
        Point((("network.loss", 0.0),), 2),
        Point((("network.loss", 0.02),), 1),
        Point((("network.loss", 0.02),), 2),
    ]


def test_a_path_reaches_tables_groups_and_numbered_parts(plan):
    point = Point((("nodes.donors.count", 5), ("nodes.0.count", 2), ("meta.mode", "wire")), 1)

    changed = at_point(plan, point)

    assert [group.count for group in changed.nodes] == [2, 5, 1]
    assert changed.meta.mode == "wire"


@pytest.mark.parametrize(
    ("path", "value"),
    [("network.los", 0), ("nodes.nobody.count", 1), ("network.loss", 2.0), ("network", 1)],
)
def test_a_path_or_value_that_cannot_be_is_refused(plan, path, value):
    with pytest.raises(BadPlan, match="sweep"):
        at_point(plan, Point(((path, value),), 1))


def test_a_run_in_the_pool_is_the_run_alone_and_a_stopped_sweep_goes_on(plan, tmp_path):
    told = []
    rows = run_sweep(plan, tmp_path, tmp_path, jobs=2, tell=lambda *n: told.append(n))
    alone = Run(at_point(plan, rows[2].point), rows[2].point.seed).execute()
    path = tmp_path / ROWS
    kept = path.read_text().splitlines()
    path.write_text("\n".join(kept[:3]) + "\n" + kept[3][:40])

    again = run_sweep(plan, tmp_path, tmp_path, jobs=1)

    assert told[-1] == (4, 4)
    assert rows[2].trace_hash == alone.trace_hash
    assert [row.trace_hash for row in again] == [row.trace_hash for row in rows]
    assert len(list(read_rows(path))) == 4


def test_a_summary_has_means_and_margins(plan, tmp_path):
    row = run_sweep(plan, tmp_path, tmp_path, seeds=(1,))[0]
    one = msgspec.convert(msgspec.to_builtins(row), type(row))
    rows = [one, one]
    one.measures["x"] = 1.0

    summary = summarise(rows)[0]

    assert summary.runs == 2
    assert summary.means["x"] == 1.0
    assert summary.margins["x"] == 0.0
