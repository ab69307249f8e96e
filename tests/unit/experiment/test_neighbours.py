import pytest

from seattle_p2p.errors import VesselError
from seattle_p2p.experiment.neighbours import neighbour_lines
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import KeyPair

BASE = "resource cpu 0.1\nresource memory 1000000\nresource diskused 1000\n"


def a_vessel(endpoint):
    return Vessel(1, KeyPair(bytes(32)).public, "v1", (endpoint,))


def having(restrictions):
    return type("Info", (), {"restrictions": restrictions})


def test_each_line_names_a_vessel_its_address_and_its_highest_port():
    ports = "resource messport 63110\nresource messport 63105\nresource connport 63199\n"
    for host in ("127.0.0.1", "[2001:db8::7]"):
        vessel = a_vessel(f"{host}:4000")

        lines = neighbour_lines({vessel: having(BASE + ports)})

        assert lines == [f"{vessel.name} {host.strip('[]')} 63110\n"]


def test_a_vessel_without_ports_is_named():
    vessel = a_vessel("127.0.0.1:4000")

    with pytest.raises(VesselError, match=vessel.name):
        neighbour_lines({vessel: having(BASE)})


def test_a_vessel_whose_node_talks_nonsense_is_named_like_one_without_ports():
    vessel = a_vessel("127.0.0.1:4000")

    with pytest.raises(VesselError, match=vessel.name):
        neighbour_lines({vessel: having("resource everything 1")})
