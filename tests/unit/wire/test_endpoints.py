"""Addresses: canonical, packed, never believed."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seattle_p2p.errors import MalformedMessage, UsageError
from seattle_p2p.wire.endpoints import (
    Endpoint,
    endpoint,
    ip_group,
    pack_endpoint,
    parse_endpoint,
    unpack_endpoint,
)

ports = st.integers(1, 65535)


@given(address=st.ip_addresses(), port=ports)
def test_an_endpoint_survives_packing(address, port):
    where = endpoint(str(address), port)

    assert unpack_endpoint(pack_endpoint(where)) == where


@given(data=st.binary(max_size=24))
def test_any_bytes_give_an_endpoint_or_malformed_message(data):
    try:
        where = unpack_endpoint(data)
    except MalformedMessage:
        return
    assert pack_endpoint(where) == data
    assert endpoint(where.host, where.port) == where


def test_an_ipv4_address_mapped_into_ipv6_is_ipv4():
    assert endpoint("::ffff:192.0.2.7", 7) == Endpoint("192.0.2.7", 7)
    packed = b"\x06" + ipaddress.ip_address("::ffff:192.0.2.7").packed + b"\0\7"
    with pytest.raises(MalformedMessage):
        unpack_endpoint(packed)


def test_an_endpoint_equals_the_plain_tuple_of_a_socket():
    assert endpoint("127.0.0.1", 7) == ("127.0.0.1", 7)


@pytest.mark.parametrize("text", ["192.0.2.7:7070", "[2001:db8::7]:7070"])
def test_the_text_form_reads_back(text):
    assert str(parse_endpoint(text)) == text


@pytest.mark.parametrize(
    "text", ["", "x", "192.0.2.7", "host:1", "1.2.3.4:0", "1.2.3.4:70000", "1.2.3:5"]
)
def test_what_is_no_address_is_refused_with_a_hint(text):
    with pytest.raises(UsageError):
        parse_endpoint(text)


def group(host):
    return ip_group(pack_endpoint(endpoint(host, 1)))


def test_groups_are_24_bits_of_ipv4_and_48_of_ipv6():
    assert group("192.0.2.7") == group("192.0.2.9")
    assert group("192.0.2.7") != group("192.0.3.7")
    assert group("2001:db8:1:2::1") == group("2001:db8:1:9::1")
    assert group("2001:db8:1::1") != group("2001:db8:2::1")


def test_families_are_one_bit_each():
    assert (endpoint("127.0.0.1", 1).family, endpoint("::1", 1).family) == (1, 2)
