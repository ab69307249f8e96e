"""Where a program may send: one spelling, real hosts, and on this machine only vessels."""

import ipaddress

import pytest

from seattle_p2p.vessel.broker.addresses import AddressRules, parse_address, told_address
from seattle_p2p.vessel.control import NetworkRules
from seattle_p2p.vessel.repy_errors import CallFailed

OWN = ipaddress.ip_address("203.0.113.7")


def rules(**donor: bool) -> AddressRules:
    return AddressRules(NetworkRules(**donor), frozenset({40000}), lambda a: a == OWN)


def permitted(host: str, port: int = 80, **donor: bool) -> str:
    """The address, when it may be talked to."""
    found = rules(**donor).destination(host, port)
    rules(**donor).require_permitted(found, port)
    return str(found)


def refusal(host: str, port: int = 80, **donor: bool) -> str:
    with pytest.raises(CallFailed) as failure:
        permitted(host, port, **donor)
    return failure.value.kind


@pytest.mark.parametrize("host", ["8.8.8.8", "2620:fe::fe", "198.51.100.3"])
def test_hosts_out_there_may_be_talked_to(host):
    assert permitted(host) == host


@pytest.mark.parametrize(
    "text",
    [
        "",
        "localhost",
        "127.1",
        "0x7f.0.0.1",
        "127.0.0.1 ",
        "010.0.0.1",
        "2130706433",
        "::FFFF:1.2.3.4",
        "2001:DB8::1",
        "2620:fe:0:0::fe",
        "fe80::1%eth0",
        "[::1]",
        "1.2.3.4:80",
        "١.1.1.1",
    ],
)
def test_only_canonical_literals_are_addresses(text):
    with pytest.raises(CallFailed) as failure:
        parse_address(text)

    assert failure.value.kind == "RepyArgumentError"


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",
        "0.1.2.3",
        "169.254.169.254",
        "168.63.129.16",
        "100.100.100.200",
        "fd00:ec2::254",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::ffff:8.8.8.8",
        "::ffff:127.0.0.1",
        "64:ff9b::808:808",
        "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "fe80::1",
        "ff02::1",
    ],
)
def test_what_is_no_single_host_is_refused(host):
    canonical = str(ipaddress.ip_address(host))

    assert refusal(canonical) == "RepyArgumentError"


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "172.16.3.4", "192.168.1.1", "100.64.0.9", "fd00::1"]
)
def test_the_donors_network_is_reached_only_where_allowed(host):
    assert refusal(host) == "ResourceForbiddenError"
    assert permitted(host, allow_private=True) == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", str(OWN)])
def test_on_this_machine_only_vessels_are_reached(host):
    for port in (63100, 63199, 40000):
        assert permitted(host, port) == host
    for port in (22, 80, 1224, 63099, 63200):
        assert refusal(host, port) == "ResourceForbiddenError"


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_ports_have_their_range(port):
    assert refusal("8.8.8.8", port) == "RepyArgumentError"


@pytest.mark.parametrize(
    ("donor", "told"),
    [
        ({}, ""),
        ({"bind": "0.0.0.0"}, ""),
        ({"bind": "::"}, ""),
        ({"bind": "::1"}, "::1"),
        ({"bind": "198.51.100.3"}, "198.51.100.3"),
        ({"testbed": True}, "127.0.0.1"),
        ({"testbed": True, "bind": "0.0.0.0"}, "127.0.0.1"),
        ({"testbed": True, "bind": "::1"}, "::1"),
    ],
)
def test_programs_are_told_the_address_that_their_node_listens_at(donor, told):
    assert told_address(NetworkRules(**donor)) == told
