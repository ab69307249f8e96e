"""Measuring the machine and cutting a share of it into vessels."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import InstallError
from seattle_p2p.manager import machine as measuring
from seattle_p2p.manager.machine import Machine, deal_ports, grant, measure, share_out
from seattle_p2p.vessel.resources import OFFCUT, PORTS, Resources

LAPTOP = Machine(cores=8, memory_bytes=16 * 10**9, disk_free_bytes=10**11, open_files=1024)


def test_measuring_finds_what_every_machine_has(tmp_path):
    found = measure(tmp_path / "not" / "there yet")

    assert found.cores > 0
    assert found.memory_bytes > 10**7
    assert found.disk_free_bytes > 0
    assert found.open_files >= 16


def test_grant_scales_what_is_measured_and_takes_the_network_as_granted():
    given_ = grant(LAPTOP, 10, 5000)

    assert given_.cpu == 0.8
    assert given_.memory == 16 * 10**8
    assert given_.disk == 10**10
    assert given_.count("filesopened") == 34
    assert given_.amount("netsend") == given_.amount("netrecv") == 5000
    assert given_.count("events") == 500


@pytest.mark.parametrize("seed", range(20))
def test_vessels_and_their_offcuts_add_up_to_the_grant(seed):
    rng = random.Random(seed)
    count = rng.randint(1, 20)
    cuts = sorted(rng.sample(range(1, 100), count - 1))
    shares = [b - a for a, b in zip([0, *cuts], [*cuts, 100], strict=True)]
    ports = list(range(63100, 63100 + rng.randint(count, 100)))
    granted = grant(Machine(64, 10**12, 10**12, 10**6), rng.uniform(50, 100), 10**6)

    vessels = share_out(granted, shares, ports)

    total = Resources()
    for vessel in vessels:
        total = total.plus(vessel).plus(OFFCUT)
    assert total.quantities == granted.quantities
    assert sorted(total.messport) == sorted(total.connport) == ports
    assert sum(len(vessel.messport) for vessel in vessels) == len(ports), "no port twice"


def test_share_that_does_not_feed_its_vessels_is_refused_with_the_resource():
    with pytest.raises(InstallError, match=r"too small for 5 vessels \(filesopened: ") as told:
        share_out(grant(LAPTOP, 0.1, 0), [20] * 5, list(range(63100, 63105)))

    assert "--percent" in told.value.hint


def test_full_disk_is_too_small_a_share():
    full = Machine(8, 16 * 10**9, 0, 1024)

    with pytest.raises(InstallError, match="diskused"):
        share_out(grant(full, 10, 0), [100], [63100])


@given(st.lists(st.integers(1, 100), min_size=1, max_size=30), st.integers(0, 70))
def test_ports_are_dealt_whole_and_at_least_one_a_vessel(weights, spare):
    total = sum(weights)
    bounds = [100 * sum(weights[:i]) // total for i in range(len(weights) + 1)]
    percents = [b - a for a, b in pairwise(bounds)]
    ports = list(range(63100, 63100 + len(weights) + spare))

    runs = deal_ports(ports, percents)

    assert [port for run in runs for port in run] == ports
    assert all(runs)


def test_fewer_ports_than_vessels_is_a_mistake():
    with pytest.raises(ValueError, match="fewer"):
        deal_ports([63100], [50, 50])


def test_vessels_get_ports_of_both_kinds_alike():
    (vessel,) = share_out(grant(LAPTOP, 10, 0), [100], [63105, 63106])

    assert [vessel.ports(kind) for kind in PORTS] == [{63105, 63106}] * 2


def test_limits_of_a_container_are_found_in_both_layouts(tmp_path):
    assert measuring._container_limits(tmp_path) == (0, 0)
    (tmp_path / "cpu.max").write_text("150000 100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    assert measuring._container_limits(tmp_path) == (1.5, 0)

    older = tmp_path / "older"
    for name, value in (
        ("cpu/cpu.cfs_quota_us", "50000"),
        ("cpu/cpu.cfs_period_us", "100000"),
        ("memory/memory.limit_in_bytes", "1000000"),
    ):
        path = older / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(value)
    assert measuring._container_limits(older) == (0.5, 1_000_000)
