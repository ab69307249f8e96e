"""Where a network is entered: addresses and signed lists."""

import pytest

from seattle_p2p.cli.ways_in import read_ways
from seattle_p2p.errors import BadSeedList, UsageError
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.installer.seed_list import Seed, SeedList, make_seed_list
from seattle_p2p.wire.address import PeerAddress

SIGNER, OTHER, NODE = (KeyPair(bytes([n]) * 32) for n in (1, 2, 3))
ADDRESS = PeerAddress("192.0.2.7", 4711, NODE.public)


@pytest.fixture
def signed(tmp_path):
    path = tmp_path / "lab.seeds"
    path.write_bytes(make_seed_list(SeedList("lab", 1, (Seed(ADDRESS),)), SIGNER))
    return path


def test_addresses_and_lists_are_read_side_by_side_each_once(signed):
    ways = read_ways(["127.0.0.1:1", str(signed), ADDRESS.text], network="lab")

    assert ways == [PeerAddress("127.0.0.1", 1), ADDRESS]


def test_a_list_of_the_signer_that_was_named_is_accepted(signed):
    assert read_ways([str(signed)], network="lab", signer=SIGNER.public.text) == [ADDRESS]


@pytest.mark.parametrize(
    ("network", "signer", "reason"),
    [("lab", OTHER.public.text, "is signed by"), ("other", "", "not into 'other'")],
)
def test_a_list_of_somebody_else_or_another_network_is_refused(signed, network, signer, reason):
    with pytest.raises(BadSeedList, match=reason) as refused:
        read_ways([str(signed)], network=network, signer=signer)

    assert refused.value.hint


def test_a_list_that_was_changed_is_refused(signed):
    signed.write_bytes(signed.read_bytes().replace(b"192.0.2.7", b"192.0.2.8"))

    with pytest.raises(BadSeedList, match="was changed"):
        read_ways([str(signed)], network="lab")


def test_a_list_that_is_not_there_is_no_address(tmp_path):
    with pytest.raises(BadSeedList, match="cannot read"):
        read_ways([str(tmp_path / "none.seeds")], network="lab")
    with pytest.raises(UsageError, match="no port"):
        read_ways(["nowhere"], network="lab")
