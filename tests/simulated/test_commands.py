"""Signed commands in virtual time: rights, exactly once, and nothing acknowledged is lost."""

from pathlib import Path

import msgspec
import pytest

from seattle_p2p.manager import effects
from seattle_p2p.manager.memory import CommandMemory
from seattle_p2p.sim.run import Run
from seattle_p2p.sim.scenario import read_scenario

SCENARIO = read_scenario(
    Path(__file__).parents[2] / "simulations" / "signed-commands" / "scenario.toml"
)


def with_counts(donors, researchers, **meta):
    seeds, nodes, people = SCENARIO.nodes
    return msgspec.structs.replace(
        SCENARIO,
        meta=msgspec.structs.replace(SCENARIO.meta, **meta),
        nodes=(
            seeds,
            msgspec.structs.replace(nodes, count=donors),
            msgspec.structs.replace(people, count=researchers),
        ),
        workload=msgspec.structs.replace(
            SCENARIO.workload, owners=researchers, commands_every_s=100
        ),
    )


SMALL = with_counts(16, 4, duration_s=400)


def broken(result):
    return {verdict.name for verdict in result.verdicts if not verdict.holds}


def test_commands_are_served_exactly_once_while_connections_are_cut():
    result = Run(SMALL, 1).execute()

    assert broken(result) == set()
    assert result.measures["commands.served"] > 100
    assert result.measures["commands.refused"] > 10


def test_the_same_seed_gives_the_same_commands():
    first, again = Run(SMALL, 2).execute(), Run(SMALL, 2).execute()

    assert first.trace_hash == again.trace_hash
    assert first.measures == again.measures


def test_a_node_that_forgets_command_ids_is_caught(monkeypatch):
    monkeypatch.setattr(CommandMemory, "recall", lambda self, id: None)
    scenario = msgspec.structs.replace(
        SMALL, workload=msgspec.structs.replace(SMALL.workload, cut_share=0.3)
    )

    assert broken(Run(scenario, 1).execute())


def test_a_node_that_serves_anybody_is_caught(monkeypatch):
    def anybody(ledger, sender, action):
        return [ledger.vessel(name) for name in effects.vessels_of(action)]

    monkeypatch.setattr(effects, "permitted", anybody)

    assert broken(Run(SMALL, 1).execute())


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_thousand_node_managers_and_fifty_researchers():
    result = Run(with_counts(1000, 50, duration_s=900), 1).execute()

    assert broken(result) == set()
    print({name: value for name, value in result.measures.items() if "commands" in name})
