"""Every choice that a scenario file offers can be run, and is in the reference."""

from pathlib import Path

import msgspec
import pytest

from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.run import Run

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "scenario.md"
PARTS = [
    shapes.About,
    shapes.NodeGroup,
    shapes.Network,
    shapes.Churn,
    shapes.Workload,
    shapes.Fault,
    shapes.Attack,
    shapes.Expect,
    shapes.Sweep,
]


def run(folder=Path(), donors=None, **parts):
    groups = (
        shapes.NodeGroup(name="seeds", count=1, role="bootstrap"),
        shapes.NodeGroup(name="donors", count=10, join_at_s=1, join_span_s=4, **(donors or {})),
        shapes.NodeGroup(name="people", count=1, role="experimenter", join_at_s=20),
    )
    about = shapes.About(name="tiny", duration_s=120, signer="simulated")
    parts = {"network": shapes.Network(latency="constant"), **parts}
    plan = shapes.Scenario(version=1, meta=about, nodes=groups, **parts)
    prepared = Run(plan, folder=folder)
    return prepared, prepared.execute()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_field_is_in_the_reference(part):
    page = REFERENCE.read_text()

    for field in msgspec.structs.fields(part):
        assert f"| `{field.encode_name}` |" in page


@pytest.mark.parametrize("latency", ["constant", "planetlab", "seattle", "residential"])
def test_every_latency_model_runs(latency):
    _, result = run(network=shapes.Network(latency=latency))

    assert result.measures["discovery.recall"] == 1


def test_a_latency_matrix_comes_from_a_file(tmp_path):
    (tmp_path / "rtt.csv").write_text("0,80\n80,0\n")
    network = shapes.Network(latency="matrix", latency_file="rtt.csv")

    prepared, result = run(folder=tmp_path, network=network)

    assert result.holds
    assert prepared.world.latency.base_rtt_ns(0, 1) == 80_000_000


def test_losses_alone_and_in_bursts_and_doubles_are_counted():
    alone, _ = run(network=shapes.Network(latency="constant", loss=0.05))
    bursts, _ = run(network=shapes.Network(latency="constant", burst_loss=0.05))
    doubled, result = run(network=shapes.Network(latency="constant", duplicate=0.1))

    for prepared in (alone, bursts):
        traffic = prepared.world.traffic
        assert 0.02 < traffic.lost_in_network / traffic.sent < 0.1
    assert doubled.world.traffic.doubled > 50
    assert result.holds, result.verdicts


@pytest.mark.parametrize("kind", ["full_cone", "restricted", "port_restricted", "symmetric"])
def test_every_kind_of_nat_runs(kind):
    prepared, result = run(donors={"nat": kind, "nat_share": 0.3})
    behind = [host for host in prepared.world.hosts if host.box is not None]

    assert behind
    assert result.measures["discovery.recall"] == 1


def test_hosts_of_a_carrier_share_boxes():
    prepared, _ = run(donors={"nat": "cgnat", "nat_share": 1.0})

    assert len({id(h.box) for h in prepared.world.hosts if h.box is not None}) == 1


@pytest.mark.parametrize("preset", ["seattle2011", "ipfs", "bt-debian", "kad", "weibull"])
def test_every_churn_preset_runs(preset):
    # Sessions of hours: only the shortest of them end within two minutes.
    churn = shapes.Churn(preset=preset, from_s=30, session_scale_s=60, downtime_mean_s=15)

    prepared, result = run(churn=churn)

    assert result.measures["discovery.precision"] == 1
    if preset == "weibull":
        assert prepared.stage.churn.departures > 3
        assert prepared.stage.churn.returns > 1


def test_machines_may_return_under_another_key_or_with_their_state():
    churn = shapes.Churn(
        preset="weibull",
        from_s=30,
        session_scale_s=30,
        downtime_mean_s=10,
        rotate_id=0.5,
        keep_state=0.5,
        graceful=0.3,
    )

    prepared, result = run(churn=churn)

    assert prepared.stage.churn.returns > 5
    assert prepared.stage.tally.withdrawn > 0
    assert [v.name for v in result.verdicts if v.kind == "always" and not v.holds] == []


@pytest.mark.parametrize("popularity", ["uniform", "zipf"])
def test_vessels_are_dealt_to_owners(popularity):
    work = shapes.Workload(owners=5, popularity=popularity)

    prepared, result = run(workload=work, donors={"vessels": 2})
    dealt = [len(person.advertised_by) for person in prepared.stage.population.persons]

    assert sum(dealt) == 20
    assert (dealt == [4] * 5) == (popularity == "uniform")
    assert result.measures["discovery.recall"] == 1


@pytest.mark.parametrize(
    ("fault", "lost"),
    [
        (shapes.Fault(kind="crash", at_s=40, share=0.3, for_s=20), False),
        (shapes.Fault(kind="leave", at_s=40, share=0.3, for_s=20), False),
        (shapes.Fault(kind="partition", at_s=40, share=0.5, for_s=20), True),
        (shapes.Fault(kind="partition", at_s=40, share=0.5, for_s=20, one_way=True), True),
        (shapes.Fault(kind="gray", at_s=20, share=0.3, for_s=20, loss=0.9), True),
        (shapes.Fault(kind="drop", at_s=10, number=3), True),
        (shapes.Fault(kind="duplicate", at_s=10, share=0.5, for_s=20), False),
    ],
    ids=lambda value: value.kind if isinstance(value, shapes.Fault) else "",
)
def test_every_kind_of_fault_happens_and_passes(fault, lost):
    work = shapes.Workload(discover_from_s=25, discover_every_s=5, last_look_s=20)

    prepared, result = run(faults=(fault,), workload=work)

    assert (prepared.world.traffic.lost_to_faults > 0) == lost
    assert [v.name for v in result.verdicts if v.kind == "always" and not v.holds] == []


def test_restart_brings_back_what_is_down():
    crash = shapes.Fault(kind="crash", at_s=40, share=1)
    restart = shapes.Fault(kind="restart", at_s=60, share=1)

    prepared, _ = run(faults=(crash, restart))

    assert all(host.up for host in prepared.world.hosts)
    assert prepared.stage.population.crashes == 10
