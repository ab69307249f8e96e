"""Finding out which walls hold here."""

import sys

import pytest

from seattle_p2p.vessel.jail.layers import LAYERS
from seattle_p2p.vessel.jail.probe import held_layers, missing_layers, suffices

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="walls are Linux's")


def test_walls_are_tried_in_a_child_and_enough_of_them_hold(tmp_path):
    held = held_layers(tmp_path)

    assert suffices(held)
    assert set(held) | set(missing_layers(held)) == set(LAYERS)
    assert list(held) == [name for name in LAYERS if name in held]


def test_a_probe_that_cannot_be_made_proves_nothing(tmp_path):
    held = held_layers(tmp_path / "not there")

    assert held == ()
    assert not suffices(held)
    assert missing_layers(held) == LAYERS


def test_no_file_of_the_folder_is_taken_for_ours(tmp_path):
    (tmp_path / "seattle_p2p.py").write_text("raise SystemExit('taken over')")
    (tmp_path / "json.py").write_text("raise SystemExit('taken over')")

    assert suffices(held_layers(tmp_path))
