"""`seattle doctor`: the layers that hold here, in words and as JSON."""

import json

import pytest
from click.testing import CliRunner

from seattle_p2p.cli.doctor import doctor
from seattle_p2p.vessel.jail.layers import LAYERS


@pytest.fixture
def held(monkeypatch):
    """Says which layers are to hold."""

    def hold(*names: str) -> None:
        monkeypatch.setattr("seattle_p2p.vessel.jail.probe.held_layers", lambda folder: names)

    return hold


def ask(*arguments: str):
    return CliRunner().invoke(doctor, arguments, standalone_mode=False)


def test_every_layer_is_listed_with_what_became_of_it(held):
    held("seccomp", "landlock")
    said = ask()

    assert said.return_value == 0
    lines = {line.split()[0]: line.split()[1] for line in said.stdout.splitlines()[1:]}
    assert set(lines) == set(LAYERS)
    assert (lines["seccomp"], lines["cgroups"]) == ("holds", "missing")


def test_a_machine_without_the_needed_layer_is_told_so(held):
    held("landlock")
    said = ask("--json")
    found = json.loads(said.stdout)

    assert (said.return_value, found["sufficient"]) == (5, False)
    assert "seccomp" in found["missing_layers"]
