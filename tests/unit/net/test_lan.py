"""What is believed of what is said on the LAN."""

import ipaddress
import sys
from types import SimpleNamespace

import pytest

from seattle_p2p.errors import LanUnavailable
from seattle_p2p.net import lan as module
from seattle_p2p.net.lan import Lan, may_announce, search_lan
from seattle_p2p.wire.codec import network_hash
from seattle_p2p.wire.endpoints import Endpoint


@pytest.fixture(autouse=True)
def own_networks(monkeypatch):
    """This machine is in two networks."""
    own = [ipaddress.ip_interface("10.7.0.1/24"), ipaddress.ip_interface("fd07::1/64")]
    monkeypatch.setattr(module, "_networks", lambda: own)


def said(*addresses, port=7000, network="lab"):
    return SimpleNamespace(
        port=port,
        properties={b"n": network_hash(network).hex().encode()},
        parsed_addresses=lambda: list(addresses),
    )


def heard(*announcements):
    lan = Lan("lab", "own")
    for info in announcements:
        lan.take(info)
    return lan.peers()


def test_addresses_of_our_own_networks_are_taken_each_once():
    both = [Endpoint("10.7.0.9", 7000), Endpoint("fd07::9", 7000)]

    assert heard(said("10.7.0.9", "fd07::9"), said("10.7.0.9")) == both


def test_another_node_of_this_machine_is_heard():
    assert heard(said("10.7.0.1", port=7001)) == [Endpoint("10.7.0.1", 7001)]


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "10.8.0.1", "127.0.0.1", "fd08::1", "fe80::1%eth0", "nonsense", ""]
)
def test_nobody_can_make_us_write_to_addresses_elsewhere(address):
    assert heard(said(address)) == []


def test_other_networks_and_nonsense_are_left_alone():
    nothing = SimpleNamespace(port=7000, properties={}, parsed_addresses=lambda: ["10.7.0.9"])

    assert heard(said("10.7.0.9", network="other"), nothing, said("10.7.0.9", port=0)) == []
    assert heard(said("10.7.0.9", port=70000)) == []


def test_a_flood_of_announcements_does_not_fill_our_memory():
    flood = [said("10.7.0.9", port=1 + number) for number in range(2000)]

    assert len(heard(*flood)) == 256


def test_only_sockets_beyond_loopback_are_announced():
    assert not may_announce([Endpoint("127.0.0.1", 1), Endpoint("::1", 1)])
    assert may_announce([Endpoint("::", 1)])
    assert may_announce([Endpoint("10.7.0.1", 1)])


async def test_without_the_library_what_to_install_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "zeroconf", None)

    with pytest.raises(LanUnavailable) as refused:
        await search_lan("lab", wait_s=0.1)

    assert "seattle-p2p[lan]" in refused.value.hint
