"""Control groups: found, filled and removed, in a made-up tree and in this machine's own."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seattle_p2p.vessel.jail import cgroups
from seattle_p2p.vessel.jail.cgroups import Bounds

BOUNDS = Bounds(cpu=0.1, memory=30_000_000, threads=6, start_up_s=0.03)

SPIN_IN_THREADS = """
import threading
def spin():
    while True: pass
for _ in range(3): threading.Thread(target=spin).start()
"""


class Tree:
    """What the kernel shows of its groups, as plain files."""

    def __init__(self, root: Path, groups: str, mounts: dict[str, str]) -> None:
        self.root = root
        self.proc = root / "proc"
        (self.proc / "self").mkdir(parents=True)
        (self.proc / "self" / "cgroup").write_text(groups)
        lines = [
            f"30 25 0:27 / {root}/{name} rw,nosuid - {kind} none rw,{options}\n"
            for name, (kind, options) in mounts.items()
        ]
        (self.proc / "self" / "mountinfo").write_text("".join(lines))

    def folder(self, path: str, **files: str) -> Path:
        made = self.root / path
        made.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (made / name.replace("__", ".")).write_text(text)
        return made


@pytest.fixture
def one(tmp_path):
    """Version 1: each controller in a hierarchy of its own."""
    tree = Tree(
        tmp_path,
        "3:pids:/\n2:cpu,cpuacct:/user\n0::/\n",
        {
            "cpu": ("cgroup", "cpu,cpuacct"),
            "pids": ("cgroup", "pids"),
            "unified": ("cgroup2", "nsdelegate"),
        },
    )
    tree.folder("cpu/user")
    tree.folder("pids")
    tree.folder("unified", cgroup__controllers="hugetlb")
    return tree


@pytest.fixture
def two(tmp_path):
    """Version 2: a service whose group was delegated."""
    tree = Tree(tmp_path, "0::/app/node\n", {"tree": ("cgroup2", "nsdelegate")})
    tree.folder(
        "tree/app/node",
        cgroup__controllers="cpu memory pids",
        cgroup__subtree_control="",
        cgroup__type="domain",
        cgroup__procs="41\n42\n",
    )
    return tree


def test_version_one_bounds_the_cpu(one):
    group = cgroups.make(4711, BOUNDS, one.proc)

    cpu = one.root / "cpu/user/seattle-4711"
    assert int((cpu / "cpu.cfs_quota_us").read_text()) == 22_000 + 30_000
    assert int((cpu / "cpu.cfs_period_us").read_text()) == 200_000
    assert not list((one.root / "pids").iterdir())
    group.add(99)
    assert (cpu / "cgroup.procs").read_text() == "99"
    assert group.holds(99)
    assert not group.holds(98)
    group.set_bounds(starting=False)
    assert int((cpu / "cpu.cfs_quota_us").read_text()) == 22_000


def test_a_delegated_service_makes_room_and_bounds_memory_too(two, monkeypatch):
    monkeypatch.setattr(os, "getxattr", lambda path, name: b"1")
    group = cgroups.make(4711, BOUNDS, two.proc)

    node = two.root / "tree/app/node"
    assert (node / "cgroup.subtree_control").read_text() == "+cpu +pids +memory"
    assert (node / "seattle" / "cgroup.procs").read_text() == "42"  # the last of the two
    made = node / "seattle-4711"
    assert (made / "cpu.max").read_text() == "52000 200000"
    assert 49_000_000 < int((made / "memory.max").read_text()) <= 50_000_000
    (made / "memory.events").write_text("low 0\noom 1\noom_kill 1\n")
    assert group.ran_out_of_memory()


def test_from_the_leaf_the_service_is_found_again(two):
    node = two.root / "tree/app/node"
    (node / "cgroup.subtree_control").write_text("cpu memory pids")
    (node / "seattle").mkdir()
    (two.proc / "self" / "cgroup").write_text("0::/app/node/seattle\n")
    two.folder("tree/app/node/seattle", cgroup__controllers="cpu memory pids")

    assert cgroups.make(4712, BOUNDS, two.proc) is not None
    assert (node / "seattle-4712" / "cpu.max").exists()


def test_a_tree_that_was_not_left_to_us_is_left_alone(two):
    assert cgroups.make(4711, BOUNDS, two.proc) is None
    assert not (two.root / "tree/app/node/seattle").exists()


def test_a_machine_without_control_groups_has_none(tmp_path):
    assert cgroups.make(1, BOUNDS, tmp_path / "nowhere") is None


def test_groups_of_dead_keepers_are_removed(one):
    left, used = one.folder("cpu/user/seattle-77"), one.folder("cpu/user/seattle-78")
    (one.proc / "78").mkdir()

    cgroups.make(4711, BOUNDS, one.proc)

    assert not left.exists()
    assert used.exists()


@pytest.mark.parametrize("cpu", [0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 64.0])
def test_a_quota_is_never_below_the_share_nor_below_what_the_kernel_takes(cpu):
    bounds = Bounds(cpu, 1, 1)
    quota = bounds.quota_us(starting=False)

    assert quota >= 1000
    assert cpu <= quota / bounds.period_us <= max(cpu * 1.101, 0.0011)
    assert bounds.period_us <= 1_000_000


@pytest.fixture
def group():
    made = cgroups.make(os.getpid(), Bounds(0.2, 30_000_000, 6))
    if made is None:
        pytest.skip("control groups may not be made here")
    yield made
    made.remove()


@pytest.mark.alone
def test_the_kernel_alone_holds_threads_to_a_share(group):
    process = subprocess.Popen([sys.executable, "-c", SPIN_IN_THREADS])
    try:
        group.add(process.pid)
        clock = (~process.pid << 3) | 2
        time.sleep(0.5)  # the start is not measured
        begun, before = time.monotonic(), time.clock_gettime(clock)
        time.sleep(3.0)
        share = (time.clock_gettime(clock) - before) / (time.monotonic() - begun)
    finally:
        process.kill()
        process.wait()

    assert group.holds(process.pid) is False  # it is gone
    assert share <= 0.2 * 1.1 * 1.1


def test_removed_groups_are_gone(group):
    group.remove()

    assert not list(Path("/sys/fs/cgroup").glob(f"*/{cgroups.PREFIX}{os.getpid()}"))
