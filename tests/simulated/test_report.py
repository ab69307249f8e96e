"""A report: the same on a second run, whole in one file, verdicts first."""

import builtins
import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import UsageError
from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.figures import share_interval
from seattle_p2p.sim.invariants import Verdict
from seattle_p2p.sim.report import write_report
from seattle_p2p.sim.run import Run


def a_result():
    groups = (
        shapes.NodeGroup(name="seeds", count=1, role="bootstrap"),
        shapes.NodeGroup(name="donors", count=12, join_at_s=1, join_span_s=5),
        shapes.NodeGroup(name="people", count=2, role="experimenter", join_at_s=20),
    )
    plan = shapes.Scenario(
        version=1,
        meta=shapes.About(name="tiny <b>", duration_s=120, question="Does it work?"),
        nodes=groups,
        network=shapes.Network(latency="constant"),
        workload=shapes.Workload(lookups_per_s=1, discover_from_s=30),
        faults=(shapes.Fault(kind="gray", at_s=40, for_s=10, share=0.2),),
    )
    return Run(plan, seed=3).execute()


@pytest.fixture(scope="module")
def result():
    return a_result()


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_numbers_are_the_same_on_a_second_run(result, tmp_path):
    write_report(result, tmp_path / "one", command="again", figures=False)
    write_report(a_result(), tmp_path / "two", command="again", figures=False)

    one = contents(tmp_path / "one")
    assert one == contents(tmp_path / "two")
    assert {"report.html", "report.md", "discovery_time.csv", "lookup_time.csv"} <= one.keys()


def test_verdicts_come_first_and_the_run_can_be_made_again(result, tmp_path):
    write_report(result, tmp_path, command="seattle sim run here", figures=False)

    text = (tmp_path / "report.md").read_text()
    assert text.index("every live advertised vessel") < text.index("## How long")
    assert text.index("## How long") < text.index("## Measures")
    assert 'latency = "constant"' in text
    assert "seattle sim run here" in text
    assert result.trace_hash in text
    page = (tmp_path / "report.html").read_text()
    assert "tiny &lt;b&gt;" in page
    assert "src=" not in page


def test_without_matplotlib_a_report_with_figures_says_what_to_install(
    result, tmp_path, monkeypatch
):
    really = builtins.__import__

    def refuse(name, *rest, **named):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return really(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)

    with pytest.raises(UsageError, match="matplotlib") as caught:
        write_report(result, tmp_path, command="", figures=True)
    assert "seattle-p2p[sim]" in caught.value.hint


def test_drawings_are_the_same_on_a_second_run_and_lie_in_the_page(result, tmp_path):
    write_report(result, tmp_path / "one", command="again")
    write_report(a_result(), tmp_path / "two", command="again")

    one = contents(tmp_path / "one")
    assert one == contents(tmp_path / "two")
    assert one["report.html"].count(b"<svg") == len([name for name in one if ".svg" in name])
    drawn = {"discovery_time", "lookup_requests", "traffic", "octets", "ring", "operation"}
    assert {f"{name}.svg" for name in drawn} <= one.keys()
    assert len(one["report.html"]) < 5_000_000


def test_a_figure_has_its_numbers_beside_it(result, tmp_path):
    write_report(result, tmp_path, command="again", figures=False)

    for path in tmp_path.glob("*.csv"):
        head, *rows = path.read_text().splitlines()
        assert rows, path
        assert f"{path.name}" in (tmp_path / "report.html").read_text()
        assert len(head.split(",")) >= 2


def test_the_operation_of_a_breach_is_the_last_datagrams(result, tmp_path):
    verdicts = [Verdict("it holds", "always", False, "it does not")]
    broken = dataclasses.replace(result, verdicts=verdicts)

    write_report(broken, tmp_path, command="again", figures=False)

    rows = (tmp_path / "operation.csv").read_text().splitlines()
    assert len(rows) == 1 + len(result.last)
    assert "**Breached.**" in (tmp_path / "report.md").read_text()


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_of_a_share_holds_the_share_and_stays_a_share(counted):
    count, of = counted

    low, high = share_interval(count, of)

    assert 0 <= low <= count / of + 1e-12
    assert count / of - 1e-12 <= high <= 1
