"""The reference says what the calls are: names, arguments, exceptions, prices."""

import inspect
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from seattle_p2p.cli.main import run
from seattle_p2p.vessel import handles, virtual
from seattle_p2p.vessel.api.call import Call, find
from seattle_p2p.vessel.api.every_call import CALLS, OBJECTS
from seattle_p2p.vessel.api.wording import as_markdown
from seattle_p2p.vessel.broker.files import Files
from seattle_p2p.vessel.broker.log import Log
from seattle_p2p.vessel.broker.meters import Meters, Writable
from seattle_p2p.vessel.broker.names import Names
from seattle_p2p.vessel.broker.network import Network
from seattle_p2p.vessel.broker.tcp import Tcp
from seattle_p2p.vessel.calls import Calls
from seattle_p2p.vessel.control import NetworkRules
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.repy_errors import PARENTS
from seattle_p2p.vessel.resources import COUNTED
from tests.support.vessels import amounts, free_ports

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "vessel-api.md"
ME = "127.0.0.1"


def implementation(call: Call) -> Callable[..., object]:
    """The function behind a call of the table."""
    thing, _, method = call.name.rpartition(".")
    if not thing:
        return getattr(Calls, method)
    where = virtual if thing == "namespace" else handles
    return getattr(getattr(where, OBJECTS[thing]), method)


def offered() -> set[str]:
    """Every call and method that programs can make, by the table's names."""
    calls = set(Calls.names.__globals__["_CALLS"]) - {"print"}
    for word, name in OBJECTS.items():
        kind = getattr(virtual if word == "namespace" else handles, name)
        calls |= {f"{word}.{m}" for m in vars(kind) if not m.startswith("_")}
    return calls


def test_the_table_names_every_call_and_no_other():
    names = [call.name for call in CALLS]

    assert set(names) == offered()
    assert len(names) == len(set(names))


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_the_table_agrees_with_the_implementation(call):
    parameters = list(inspect.signature(implementation(call)).parameters.values())[1:]
    written = ", ".join(str(p).partition(":")[0] for p in parameters)

    assert {"code, name": "code, name", "data": "value"}.get(
        call.arguments, call.arguments
    ) in (
        written,
        written.replace("value", "data"),
    )
    assert {name for name, _ in call.errors} <= set(PARENTS)


def test_every_call_of_the_original_is_there():
    wanted = {f"RP-{n}" for n in range(10, 38)} | {"RP-18b", "RP-19b", "RP-19c"}

    assert {call.ids for call in CALLS} - {""} == wanted


def test_the_reference_page_is_written_from_the_table():
    assert REFERENCE.read_text("utf-8") == as_markdown(CALLS)


def test_a_call_is_found_by_its_name_its_method_or_a_beginning():
    assert [c.name for c in find("readat", CALLS)] == ["file.readat"]
    assert [c.name for c in find("file.readat", CALLS)] == ["file.readat"]
    assert len(find("close", CALLS)) == 4
    assert [c.name for c in find("openf", CALLS)] == ["openfile"]
    assert find("nonsense", CALLS) == []


def test_the_command_shows_one_call_all_or_a_sentence(capsys):
    assert run(["api", "readat"]) == 0
    assert "fileread 4096 for each block" in capsys.readouterr().out
    assert run(["api"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(CALLS)
    assert run(["api", "nonsense"]) == 2


class Ring:
    """Keeps nothing of what is logged."""

    end = 0

    def append(self, data: bytes) -> None:
        """Take it."""


class Broker:
    """All that carries out calls, on a clock that stands still."""

    def __init__(self, folder: Path) -> None:
        self.ports = free_ports(2)
        limits = amounts(messport=self.ports, connport=self.ports)
        self.meters = Meters(limits, lambda: 0.0)
        rules = NetworkRules(testbed=True)
        self.files = Files(VesselFolder(folder / "files", 10**6), self.meters)
        self.network = Network(limits, rules, self.meters)
        self.tcp = Tcp(limits, self.network.rules, self.meters)
        self.names = Names(self.meters)
        self.log = Log(Ring(), self.meters, lambda: None)

    def do(self, call: object) -> object:
        """Carry a call to its end as the keeper's loop does; sockets are writable at once."""
        if not isinstance(call, Generator):
            return call
        try:
            wanted = next(call)
            while True:
                if not isinstance(wanted, Writable):
                    time.sleep(wanted)
                wanted = call.send(isinstance(wanted, Writable))
        except StopIteration as stop:
            return stop.value

    def taken(self) -> dict[str, float]:
        """What was taken so far."""
        return self.meters.total | self.meters.held

    def connected(self) -> tuple[int, int]:
        """Handles of both ends of a connection."""
        server = self.do(self.tcp.listen(ME, self.ports[0]))
        client = self.do(self.tcp.open(ME, self.ports[0], ME, self.ports[1], 5.0))
        return client, self.do(self.tcp.accept(server))[2]

    def close(self) -> None:
        """Let go of every socket and file."""
        self.files.close_all()
        self.network.close_all()
        self.tcp.close_all()


@pytest.fixture
def broker(tmp_path) -> Iterator[Broker]:
    made = Broker(tmp_path)
    yield made
    made.close()


def open_file(broker: Broker) -> int:
    return broker.do(broker.files.open("f", True))


def filled_file(broker: Broker) -> int:
    handle = open_file(broker)
    broker.do(broker.files.write_at(handle, b"x" * 10_000, 0))
    return handle


def udp_server(broker: Broker) -> int:
    return broker.do(broker.network.listen_message(ME, broker.ports[0]))


def message_waiting(broker: Broker) -> int:
    handle = udp_server(broker)
    sent = broker.network.send_message(ME, broker.ports[0], b"12345", ME, broker.ports[1])
    assert broker.do(sent) == 5
    return handle


def tcp_server(broker: Broker) -> int:
    return broker.do(broker.tcp.listen(ME, broker.ports[0]))


def caller_waiting(broker: Broker) -> int:
    server = tcp_server(broker)
    broker.do(broker.tcp.open(ME, broker.ports[0], ME, broker.ports[1], 5.0))
    return server


def data_waiting(broker: Broker) -> int:
    client, other = broker.connected()
    assert broker.do(broker.tcp.send(client, b"12345")) == 5
    return other


MADE, THERE = "when the file is made", "when it was there"
PRICES = {
    "openfile": (None, lambda b, _: b.files.open("f", True), {MADE: True}),
    "file.readat": (filled_file, lambda b, f: b.files.read_at(f, 5000, 4000), {"blocks": 3}),
    "file.writeat": (
        open_file,
        lambda b, f: b.files.write_at(f, b"x" * 9000, 0),
        {"blocks": 3},
    ),
    "listfiles": (None, lambda b, _: b.files.list(), {}),
    "removefile": (
        lambda b: b.files.close(open_file(b)),
        lambda b, _: b.files.remove("f"),
        {THERE: True},
    ),
    "gethostbyname": (None, lambda b, _: b.names.look_up("localhost"), {}),
    "getmyip": (None, lambda b, _: b.network.my_ip(), {}),
    "sendmessage": (
        udp_server,
        lambda b, _: b.network.send_message(ME, b.ports[1], b"123", ME, b.ports[0]),
        {"bytes": 3},
    ),
    "listenformessage": (
        None,
        lambda b, _: b.network.listen_message(ME, b.ports[0]),
        {},
    ),
    "udpserver.getmessage": (
        message_waiting,
        lambda b, s: b.network.get_message(s),
        {"bytes": 5},
    ),
    "openconnection": (
        tcp_server,
        lambda b, _: b.tcp.open(ME, b.ports[0], ME, b.ports[1], 5.0),
        {},
    ),
    "listenforconnection": (
        None,
        lambda b, _: b.tcp.listen(ME, b.ports[0]),
        {},
    ),
    "tcpserver.getconnection": (
        caller_waiting,
        lambda b, s: b.tcp.accept(s),
        {},
    ),
    "socket.send": (
        lambda b: b.connected()[0],
        lambda b, s: b.tcp.send(s, b"x" * 700),
        {"bytes": 700},
    ),
    "socket.recv": (data_waiting, lambda b, s: b.tcp.receive(s, 100), {"bytes": 5}),
    "log": (None, lambda b, _: b.log.write(b"hello"), {"bytes": 5}),
}
"""Calls that cost something: what comes before, the call, what is moved by it."""

ELSEWHERE = {
    "socket.close": "below: its socket is given back, so it takes less than nothing",
    "createthread": "a thread is counted by its own two requests",
    "randombytes": "in the broker itself",
}


def price(call: Call, moved: dict[str, int]) -> dict[str, float]:
    """What the table says that a call on loopback takes."""
    total: dict[str, float] = {}
    for cost in call.costs:
        if cost.when and not any(moved.get(w) and cost.when.startswith(w) for w in moved):
            continue
        name = {"send": "loopsend", "recv": "looprecv"}.get(cost.resource, cost.resource)
        amount = {
            "": cost.amount,
            "byte": cost.amount + moved.get("bytes", 0),
            "block": cost.amount * moved.get("blocks", 0),
        }[cost.each]
        total[name] = total.get(name, 0) + amount
    return total


@pytest.mark.parametrize("name", PRICES)
def test_what_a_call_costs_is_what_is_charged(broker, name):
    before, carry_out, moved = PRICES[name]
    (call,) = find(name, CALLS)
    prepared = before(broker) if before else None
    taken = broker.taken()

    broker.do(carry_out(broker, prepared))

    spent = {key: now - taken[key] for key, now in broker.taken().items() if now != taken[key]}
    assert spent == price(call, moved | {"until it is closed": 1})


def test_closing_a_connection_is_charged_and_gives_back_its_socket(broker):
    handle, _ = broker.connected()
    taken = broker.taken()
    (call,) = find("socket.close", CALLS)

    broker.do(broker.tcp.close(handle))

    spent = {key: now - taken[key] for key, now in broker.taken().items() if now != taken[key]}
    assert spent == price(call, {}) | {"outsockets": -1}


def test_every_call_that_costs_something_is_held_to_it():
    costly = {call.name for call in CALLS if call.costs}

    assert costly == {*PRICES, *ELSEWHERE}
    assert all(c.resource in COUNTED for c in find("createthread", CALLS)[0].costs)
