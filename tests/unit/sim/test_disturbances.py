"""Thin lines, overtaking, wrong bits and clocks, whole sites, nights, an order of chance."""

from pathlib import Path

import msgspec
import pytest

from seattle_p2p.errors import BadPlan
from seattle_p2p.sim.agenda import ShuffledAgenda
from seattle_p2p.sim.disturbances import Overtaken, ThinLines, WrongBits
from seattle_p2p.sim.run import Run
from seattle_p2p.sim.scenario import Churn, read_scenario, require_sense
from seattle_p2p.sim.world import World
from tests.support.toy_core import ToyCore

WHOLE = read_scenario(Path(__file__).parents[3] / "simulations" / "smoke" / "scenario.toml")


SMOKE = msgspec.structs.replace(
    WHOLE,
    meta=msgspec.structs.replace(WHOLE.meta, duration_s=400, signer="simulated"),
    nodes=(
        WHOLE.nodes[0],
        msgspec.structs.replace(WHOLE.nodes[1], count=24, join_span_s=20),
        msgspec.structs.replace(WHOLE.nodes[2], count=2, join_at_s=40),
    ),
    workload=msgspec.structs.replace(WHOLE.workload, owners=3, discover_from_s=100),
)


def two_hosts(world):
    """Two hosts that say nothing by themselves, and what the second hears: when, and what."""
    cores = [ToyCore([], world.streams.stream("toy")) for _ in range(2)]
    hosts = [world.add_host(number, lambda _, c=core: c) for number, core in enumerate(cores)]
    for host in hosts:
        world.start(host)
    return *hosts, cores[1].heard


def arrived(heard):
    return [(at_ns / 1e9, data) for at_ns, data, _ in heard]


def with_parts(**parts):
    changed = {}
    for name, fields in parts.items():
        changed[name] = msgspec.structs.replace(getattr(SMOKE, name), **fields)
    return msgspec.structs.replace(SMOKE, **changed)


def broken(scenario, seed=1):
    return [v for v in Run(scenario, seed).execute().verdicts if not v.holds]


def test_a_thin_line_sends_one_datagram_after_the_other_and_loses_what_waits_long():
    world = World(1)
    source, target, got = two_hosts(world)
    world.add_rule(ThinLines(world, 8, len))

    for _ in range(20):
        world.send(bytes(100), source, target.endpoint)
    world.run(until=10)

    # 100 octets take 0.1 s at 8 kbit/s: eleven are in the line and in a second of queue.
    times = [round(at_s - 0.025, 3) for at_s, _ in arrived(got)]
    assert times == [round(0.1 * number, 3) for number in range(1, 12)]
    assert world.traffic.lost_to_faults == 9
    assert world.traffic.kept == 0


def test_what_is_held_up_is_overtaken_and_not_lost():
    world = World(1)
    source, target, got = two_hosts(world)
    world.add_rule(Overtaken(world, 0.5, 1000))

    for number in range(100):
        world.at(
            number / 100, lambda n=number: world.send(bytes([n, 0]), source, target.endpoint)
        )
    world.run(until=10)

    numbers = [data[0] for _, data in arrived(got)]
    assert sorted(numbers) == list(range(100))
    assert numbers != sorted(numbers)


def test_wrong_bits_change_exactly_one_octet():
    world = World(1)
    source, target, got = two_hosts(world)
    world.add_rule(WrongBits(world, 1))

    for _ in range(50):
        world.send(bytes(30), source, target.endpoint)
    world.run(until=1)

    assert len(got) == 50
    assert all(sum(octet != 0 for octet in data) == 1 for _, data in arrived(got))


def test_only_bytes_can_be_corrupted():
    with pytest.raises(BadPlan, match="only bytes can be corrupted"):
        require_sense(with_parts(network={"corrupt": 0.1}))


def test_things_of_one_instant_happen_in_an_order_of_chance_that_repeats():
    def order(seed):
        world, said = World(seed, explore=True), []
        for number in range(20):
            world.at(1, lambda n=number: said.append(n))
        world.run(until=2)
        return said

    assert isinstance(World(1, explore=True).agenda, ShuffledAgenda)
    assert order(1) == order(1)
    assert order(1) != order(2)
    assert sorted(order(3)) == list(range(20))


@pytest.mark.parametrize(
    ("part", "fields"),
    [
        ("network", {"reorder": 0.2}),
        ("network", {"uplink_kbps": 200}),
        ("network", {"clock_skew": 0.05}),
        ("meta", {"explore": True}),
        ("meta", {"explore": True, "seed": 3}),
    ],
)
def test_the_overlay_bears_what_links_and_clocks_do(part, fields):
    assert broken(with_parts(**{part: fields})) == []


def test_the_overlay_bears_wrong_bits():
    scenario = with_parts(
        network={"corrupt": 0.01}, meta={"mode": "wire", "signer": "simulated"}
    )

    assert broken(scenario) == []


def test_sites_restart_together_and_nights_pass():
    scenario = msgspec.structs.replace(
        SMOKE,
        nodes=tuple(msgspec.structs.replace(g, ip_group_size=5) for g in SMOKE.nodes),
        faults=(),
        churn=Churn(from_s=80, until_s=300, site_restart_every_s=40, site_down_s=30),
    )
    result = Run(scenario, 1).execute()

    assert result.measures["churn.departures"] >= 5
    assert result.measures["churn.departures"] == result.measures["churn.returns"]

    nightly = Churn(from_s=100, night_share=0.5, night_hours=12)
    result = Run(msgspec.structs.replace(scenario, churn=nightly), 1).execute()

    assert 0 < result.measures["churn.departures"] <= 12
