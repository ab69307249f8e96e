"""Sweeps: every combination once, the same in a pool as alone, resumable, with a report."""

import json
import os
import subprocess
import sys

import msgspec
import pytest

from seattle_p2p.errors import BadPlan
from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.run import Run
from seattle_p2p.sim.scenario_text import scenario_text
from seattle_p2p.sim.sweep import ROWS, Point, at_point, points, read_rows, run_sweep, summarise
from seattle_p2p.sim.sweep_figures import interval
from seattle_p2p.sim.sweep_report import write_sweep_report


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
    [
        ("network.los", 0),
        ("nodes.nobody.count", 1),
        ("network.loss", 2.0),
        ("network", 1),
        ("workload.last_look_s", 1000),
    ],
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


def test_rows_of_another_scenario_are_not_taken_for_this_one(plan, tmp_path):
    run_sweep(plan, tmp_path, tmp_path, seeds=(1,))
    changed = msgspec.structs.replace(plan, network=shapes.Network(latency_ms=30))

    with pytest.raises(BadPlan, match="another scenario"):
        run_sweep(changed, tmp_path, tmp_path, seeds=(1,))


@pytest.mark.timeout(240)
def test_a_sweep_has_the_traces_of_runs_alone_whatever_the_hash_seed_and_the_mode(
    plan, tmp_path
):
    plan = msgspec.structs.replace(
        plan, sweep=shapes.Sweep(seeds=(1,), axes={"meta.mode": ("objects", "wire")})
    )
    file = tmp_path / "scenario.toml"
    file.write_text(scenario_text(plan))

    def sweep(hash_seed):
        out = tmp_path / hash_seed
        command = [sys.executable, "-m", "seattle_p2p.cli.main", "sim", "sweep", str(file)]
        command += ["--out", str(out), "--jobs", "2", "--no-figures"]
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        subprocess.run(command, env=environment, check=True, capture_output=True)
        return {json.dumps(r.point.values): r.trace_hash for r in read_rows(out / ROWS)}

    traces = sweep("0")

    assert sweep("random") == traces
    assert len(traces) == 2
    assert set(traces.values()) == {Run(plan, 1).execute().trace_hash}


def test_a_summary_has_means_and_margins(plan, tmp_path):
    row = run_sweep(plan, tmp_path, tmp_path, seeds=(1,))[0]
    one = msgspec.convert(msgspec.to_builtins(row), type(row))
    rows = [one, one]
    one.measures["x"] = 1.0

    summary = summarise(rows)[0]

    assert summary.runs == 2
    assert summary.means["x"] == 1.0
    assert summary.margins["x"] == 0.0


@pytest.fixture
def rows(plan, tmp_path):
    return run_sweep(plan, tmp_path / "rows", tmp_path / "rows")


def test_the_report_says_first_what_held_and_gives_every_mean_its_interval(
    plan, rows, tmp_path
):
    broken = msgspec.convert(msgspec.to_builtins(rows[-1]), type(rows[-1]))
    broken.breached.append("something holds")

    write_sweep_report(
        plan, [*rows[:-1], broken], tmp_path, command="seattle sim sweep x", figures=False
    )

    text = (tmp_path / "report.md").read_text()
    assert "**Breached.**" in text
    assert "| breached | 0.02 | 2 | 1 | something holds (seed 2) |" in text
    assert "| holds | 0.0 | 2 | 0 | every verdict |" in text
    assert text.index("| holds |") < text.index("seattle sim sweep x") < text.index("## The")
    table = (tmp_path / "discovery_done_ms_p50.csv").read_text().splitlines()
    assert table[0] == "network.loss,runs,mean,low,high"
    assert len(table) == 3


def test_a_share_has_no_interval_beyond_one(rows):
    summary = summarise(rows)[0]
    summary.means["discovery.recall"], summary.margins["discovery.recall"] = 0.99, 0.05

    assert interval(summary, "discovery.recall") == pytest.approx((0.94, 1.0))


def test_a_report_of_two_axes_has_bands_and_heat_maps_the_same_on_a_second_run(
    plan, rows, tmp_path
):
    axes = {"network.loss": (0.0, 0.02), "meta.mode": ("objects", "wire")}
    plan = msgspec.structs.replace(plan, sweep=shapes.Sweep(seeds=(1, 2), axes=axes))
    twice = []
    for row in rows:
        for mode in axes["meta.mode"]:
            values = (*row.point.values, ("meta.mode", mode))
            point = Point(values, row.point.seed)
            twice.append(
                type(row)(point, row.trace_hash, [], row.measures, row.cpu_s, row.scenario)
            )

    for name in ("one", "two"):
        write_sweep_report(plan, twice, tmp_path / name, command="again")

    one = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert one == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    assert {"heat_discovery_recall.svg", "discovery_recall.svg"} <= one.keys()
    assert one["report.html"].count(b"<svg") == 2 * len(plan.sweep.measures)
