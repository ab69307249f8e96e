"""Where a network is entered: addresses and signed lists."""

import pytest

from seattle_p2p.cli.ways_in import read_ways
from seattle_p2p.errors import BadSeedList, UsageError
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.installer.seed_list import Seed, SeedList, make_seed_list
from seattle_p2p.wire.address import PeerAddress

SIGNER, OTHER, NODE = (KeyPair(bytes([n]) * 32) for n in (1, 2, 3))
ADDRESS = PeerAddress("192.0.2.7", 4711, NODE.public)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A home of this test's own: what was accepted is remembered there."""
    monkeypatch.setenv("SEATTLE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def a_list(number, *, network="lab", signer=SIGNER):
    return make_seed_list(SeedList(network, number, (Seed(ADDRESS),)), signer)


@pytest.fixture
def signed(tmp_path):
    path = tmp_path / "lab.seeds"
    path.write_bytes(a_list(1))
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


def test_an_older_list_than_one_accepted_before_is_refused(signed):
    for number in (3, 3, 7):
        signed.write_bytes(a_list(number))
        assert read_ways([str(signed)], network="lab") == [ADDRESS]
    signed.write_bytes(a_list(6))

    with pytest.raises(BadSeedList, match=r"is list 6 .* list 7 of the same signer") as refused:
        read_ways([str(signed)], network="lab")

    assert "newest list" in refused.value.hint
    signed.write_bytes(a_list(7))
    assert read_ways([str(signed)], network="lab") == [ADDRESS]


def test_numbers_of_other_signers_and_networks_count_by_themselves(signed):
    signed.write_bytes(a_list(9))
    read_ways([str(signed)], network="lab")

    signed.write_bytes(a_list(1, signer=OTHER))
    assert read_ways([str(signed)], network="lab") == [ADDRESS]
    signed.write_bytes(a_list(1, network="field"))
    assert read_ways([str(signed)], network="field") == [ADDRESS]


def test_a_list_that_was_refused_for_another_reason_is_not_remembered(signed):
    signed.write_bytes(a_list(9))
    with pytest.raises(BadSeedList):
        read_ways([str(signed)], network="lab", signer=OTHER.public.text)

    signed.write_bytes(a_list(8))

    assert read_ways([str(signed)], network="lab") == [ADDRESS]


def test_a_damaged_memory_of_accepted_lists_is_told_with_the_next_step(signed, home):
    read_ways([str(signed)], network="lab")
    (kept,) = home.iterdir()
    kept.write_bytes(kept.read_bytes()[:-4])

    with pytest.raises(BadSeedList, match="accepted before") as refused:
        read_ways([str(signed)], network="lab")

    assert "remove that file" in refused.value.hint


def test_a_list_is_used_even_where_its_number_cannot_be_kept(signed, home, capsys):
    home.write_text("a file where the folder would be")

    assert read_ways([str(signed)], network="lab") == [ADDRESS]

    assert "cannot note" in capsys.readouterr().err
