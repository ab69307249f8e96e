"""The smoke scenario: its verdicts hold, and a run is a function of its seed alone."""

import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from seattle_p2p.sim.run import Run
from seattle_p2p.sim.scenario import read_scenario

# Whole runs from the command line: seconds on an idle machine, more beside others.
pytestmark = pytest.mark.timeout(240)

ROOT = Path(__file__).parents[2]
SMOKE = ROOT / "simulations" / "smoke"


def small(seed=7, **about):
    """The smoke scenario with a third of its nodes and time."""
    scenario = read_scenario(SMOKE)
    meta = msgspec.structs.replace(scenario.meta, duration_s=200, **about)
    seeds, donors, people = scenario.nodes
    fewer = (seeds, msgspec.structs.replace(donors, count=30, join_span_s=10), people)
    work = msgspec.structs.replace(scenario.workload, discover_from_s=110)
    crash = msgspec.structs.replace(scenario.faults[0], at_s=130)
    return Run(
        msgspec.structs.replace(
            scenario, meta=meta, nodes=fewer, workload=work, faults=(crash,), expect=()
        ),
        seed,
    ).execute()


def from_the_command_line(*options, **environment):
    return subprocess.run(
        [sys.executable, "-m", "seattle_p2p.cli.main", "sim", "run", str(SMOKE), *options],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def usual():
    """The document of an ordinary run."""
    done = from_the_command_line("--json", PYTHONHASHSEED="0")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_every_verdict_of_the_smoke_scenario_holds(usual):
    assert usual["seed"] == 7
    assert [verdict["name"] for verdict in usual["verdicts"] if not verdict["holds"]] == []
    assert usual["measures"]["discovery.recall"] == 1
    assert usual["measures"]["nodes.live"] == 105 - 10


def test_the_trace_is_the_same_under_another_hash_seed(usual):
    again = from_the_command_line("--json", PYTHONHASHSEED="4711")

    assert json.loads(again.stdout) == usual


def test_one_datagram_less_changes_the_trace(usual):
    less = json.loads(from_the_command_line("--json", "--drop-datagram", "5000").stdout)

    assert less["trace_hash"] != usual["trace_hash"]


@pytest.fixture(scope="module")
def plain():
    return small()


def test_another_seed_is_another_run(plain):
    other = small(seed=8)

    assert plain.holds, plain.verdicts
    assert other.holds, other.verdicts
    assert other.trace_hash != plain.trace_hash


def test_objects_and_bytes_tell_one_story(plain):
    wire = small(mode="wire")

    assert wire.trace_hash == plain.trace_hash
    assert wire.measures == plain.measures


def test_cheap_and_real_signatures_tell_one_story(plain):
    cheap = small(signer="simulated")

    assert cheap.trace_hash == plain.trace_hash
