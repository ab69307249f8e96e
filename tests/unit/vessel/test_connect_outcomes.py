"""What the system says at a connect, in the words that programs are promised."""

import errno
from collections import deque
from collections.abc import Iterator

import pytest

from seattle_p2p.vessel.broker import tcp as tcp_module
from seattle_p2p.vessel.broker.addresses import AddressRules
from seattle_p2p.vessel.broker.meters import Meters
from seattle_p2p.vessel.broker.tcp import Tcp
from seattle_p2p.vessel.control import NetworkRules
from seattle_p2p.vessel.repy_errors import CallFailed
from tests.support.vessels import amounts

PORTS = (63100, 63101)


class Answering:
    """A socket whose connect ends as the system is told to say."""

    def __init__(self, outcome: int) -> None:
        self.outcome = outcome
        self.closed = False

    def connect_ex(self, target: tuple[str, int]) -> int:
        """The outcome."""
        return self.outcome

    def close(self) -> None:
        """Note it."""
        self.closed = True


def ended(call: Iterator[object]) -> str:
    """The exception that a call ends with."""
    with pytest.raises(CallFailed) as failure:
        deque(call, maxlen=0)
    return failure.value.kind


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (errno.EADDRNOTAVAIL, "CleanupInProgressError"),  # Linux keeps it for others' machines
        (errno.ECONNREFUSED, "ConnectionRefusedError"),
        (errno.ETIMEDOUT, "TimeoutError"),
        (errno.EADDRINUSE, "DuplicateTupleError"),
        (errno.ENETUNREACH, "InternetConnectivityError"),
        (errno.EHOSTUNREACH, "InternetConnectivityError"),
        (errno.EACCES, "InternetConnectivityError"),
    ],
)
def test_what_the_system_says_is_told_and_the_socket_given_back(monkeypatch, outcome, kind):
    limits = amounts(messport=PORTS, connport=PORTS)
    meters = Meters(limits, lambda: 0.0)
    rules = AddressRules(NetworkRules(), frozenset(PORTS), lambda address: False)
    opened = Answering(outcome)
    monkeypatch.setattr(tcp_module, "bound", lambda local, port, kind: opened)

    call = Tcp(limits, rules, meters).open("127.0.0.1", PORTS[0], "127.0.0.1", PORTS[1], 1.0)

    assert ended(call) == kind
    assert (opened.closed, meters.held["outsockets"]) == (True, 0)
