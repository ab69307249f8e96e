"""Ports to listen on and addresses to tell."""

import contextlib
import errno
import socket

import pytest

from seattle_p2p.errors import InstallError, UsageError
from seattle_p2p.manager.places import Listening, advertised, listen
from seattle_p2p.wire.endpoints import Endpoint, endpoint


async def nothing(host: str, port: int) -> None:
    pass


def bound_to(host: str) -> Listening:
    with socket.socket() as unused:
        return Listening(host, unused, 4000, 5000)


async def test_both_ports_get_one_number_that_is_free() -> None:
    tried = []

    async def twice_taken(host: str, port: int) -> None:
        tried.append(port)
        if len(tried) < 3:
            raise OSError(errno.EADDRINUSE, "taken")

    listening = await listen("127.0.0.1", 0, 0, twice_taken)

    with contextlib.closing(listening.commands):
        assert listening.command_port == listening.overlay_port == tried[-1]
        assert len(set(tried)) == 3


async def test_a_fixed_port_that_is_taken_is_not_replaced_by_another() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        pytest.raises(InstallError, match="is taken by another program"),
    ):
        await listen("127.0.0.1", other.getsockname()[1], 0, nothing)


async def test_nothing_stays_open_when_the_overlay_cannot_be_opened() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    async def refuse(host: str, port: int) -> None:
        raise OSError(errno.EACCES, "not allowed")

    with pytest.raises(InstallError, match="not allowed"):
        await listen("127.0.0.1", port, port, refuse)
    socket.create_server(("127.0.0.1", port)).close()


def test_the_donors_word_comes_before_everything() -> None:
    overlay, commands = advertised(bound_to("0.0.0.0"), "192.0.2.7", Endpoint("9.9.9.9", 1))

    assert overlay == (endpoint("192.0.2.7", 5000),)
    assert commands == (endpoint("192.0.2.7", 4000),)


def test_a_bound_address_is_the_one_to_tell() -> None:
    assert advertised(bound_to("127.0.0.1"), "", None)[1] == (endpoint("127.0.0.1", 4000),)


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_bound_to_all_it_tells_what_peers_see_first(host: str) -> None:
    seen = Endpoint("198.51.100.9", 5000)

    _, commands = advertised(bound_to(host), "", seen)

    assert commands[0] == endpoint("198.51.100.9", 4000)
    assert len(set(commands)) == len(commands) <= 4


def test_a_public_name_nobody_knows_is_told() -> None:
    with pytest.raises(UsageError, match="no known name"):
        advertised(bound_to("0.0.0.0"), "no.such.host.invalid", None)
