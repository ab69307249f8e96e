"""Amounts as people see them, whatever a node says."""

import msgspec

from seattle_p2p.cli.amounts import show_resources
from seattle_p2p.experiment.group import GroupResult, Outcome
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.wire.results import VesselInfo

VESSELS = [Vessel(n, KeyPair(bytes(32)).public, f"v{n}", ()) for n in (1, 2)]


def an_info(restrictions):
    fields = dict.fromkeys(VesselInfo.__struct_fields__, "")
    return VesselInfo(**(fields | {"restrictions": restrictions, "used": {"memory": 5.0}}))


def test_one_node_that_talks_nonsense_hides_nobody_else(capsys):
    good = an_info("resource cpu 0.5\nresource memory 1000\nresource diskused 10\n")
    bad = msgspec.structs.replace(good, restrictions="resource everything 1")

    show_resources(
        GroupResult((Outcome(VESSELS[0], bad, None, 0.1), Outcome(VESSELS[1], good, None, 0.1)))
    )

    rows = capsys.readouterr().out.splitlines()
    assert "nothing that can be read" in rows[1]
    assert [row.split()[:4] for row in rows[2:4]] == [
        ["%2", "cpu", "0.5", "cores"],
        ["%2", "memory", "1000", "5"],
    ]
