"""Any text and any bytes: the language compiles or refuses, the broker answers or objects."""

import os
import random
import resource
import socket
import subprocess
import sys
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from seattle_p2p.errors import ProgramRefused
from seattle_p2p.vessel import requests as asks
from seattle_p2p.vessel.broker.core import Broker
from seattle_p2p.vessel.broker.files import Files
from seattle_p2p.vessel.broker.host import Host
from seattle_p2p.vessel.broker.log import Log
from seattle_p2p.vessel.broker.meters import Meters
from seattle_p2p.vessel.broker.network import Network
from seattle_p2p.vessel.broker.tcp import Tcp
from seattle_p2p.vessel.control import NetworkRules
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.language import compile_program
from seattle_p2p.vessel.log_ring import LogRing
from seattle_p2p.vessel.loop import Loop
from tests.support.vessels import amounts

PROGRAMS = sorted(Path(__file__).parent.glob("programs/*/*.py"))
WORDS = [
    "__class__",
    "__init__",
    ".format",
    "{0.__class__}",
    "import os",
    "lambda",
    "yield",
    "await",
    "async ",
    "match x:\n case 1: pass",
    "except*",
    "nonlocal x",
    "global x",
    ":=",
    "@",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "\\",
    "\n",
    "\t",
    "    ",
    "\0",
    "\ufeff",
    "\u2028",
    "é",
    "x" * 300,
    "class A: pass",
    "def f(): pass",
    "del x",
    "*",
    "**",
    "f'{x}'",
    "0x",
    "1e999",
    "9" * 5000,
    "#",
]


def mutated(rng: random.Random, texts: list[str]) -> str:
    """A program of the corpus with some pieces cut, doubled, swapped or put in."""
    text = rng.choice(texts)
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(text) + 1)
        to = min(len(text), at + rng.randrange(1, 40))
        other = rng.choice(texts)
        start = rng.randrange(len(other) + 1)
        text = rng.choice(
            [
                text[:at] + text[to:],
                text[:at] + rng.choice(WORDS) + text[at:],
                text[:at] + text[at:to] * 3 + text[to:],
                text[:at] + other[start : start + 60] + text[at:],
                text[:at] + chr(rng.randrange(1, 0x300)) + text[at:],
            ]
        )
    return text


def forbidden_names(code: object) -> set[str]:
    """Names in compiled code, all nested ones too, that no program may use."""
    found: set[str] = set()
    for name in (*code.co_names, *code.co_varnames, *code.co_freevars, *code.co_cellvars):
        hidden = name.startswith("$") or name == "__class__"  # guards; the cell of `super()`
        magic = name.startswith("__") and not name.startswith(("__name", "__qual", "__module"))
        if magic and not hidden and name not in ALLOWED:
            found.add(name)
    for constant in code.co_consts:
        if hasattr(constant, "co_names"):
            found |= forbidden_names(constant)
    return found


ALLOWED = {
    "__build_class__",
    "__annotations__",
    "__doc__",
    "__classdict__",
    "__static_attributes__",
    "__firstlineno__",
    "__classcell__",
}


def compile_many(seed: int, count: int) -> None:
    """Compile mutated programs; whatever comes but code or a refusal is an error."""
    from seattle_p2p.vessel.language import MAGIC_METHODS

    rng = random.Random(seed)
    texts = [path.read_text("utf-8", "replace")[:1500] for path in PROGRAMS]
    compiled = refused = 0
    for number in range(count):
        text = mutated(rng, texts)
        try:
            code = compile_program(text, "fuzz")
        except ProgramRefused as refusal:
            refused += bool(refusal.message) and refusal.line >= 0
            continue
        compiled += 1
        assert not forbidden_names(code) - MAGIC_METHODS, (seed, number, text)
    assert compiled > count // 100
    assert compiled + refused == count


@pytest.mark.parametrize("seed", range(2))
def test_any_text_is_compiled_or_refused(seed):
    fuzz_in_a_child(seed, 1500)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(100, 120))
def test_a_million_texts_are_compiled_or_refused(seed):
    fuzz_in_a_child(seed, 50_000)


def fuzz_in_a_child(seed: int, count: int) -> None:
    """In a process of its own: a crash of the interpreter is an answer, too."""
    text = f"import tests.sandbox.test_fuzz as fuzz; fuzz.compile_many({seed}, {count})"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", text], capture_output=True, text=True
    )

    assert (done.returncode, done.stderr[-2000:]) == (0, "")


class Silent(Host):
    """A keeper that takes note and does nothing."""

    def __init__(self) -> None:
        self.nonsense = 0

    def on_ready(self, layers: list[str]) -> object:
        return []

    def text(self, offset: int) -> bytes:
        return b"text"[offset:]

    def on_begun(self) -> None: ...

    def on_ended(self, cause: str, line: int, summary: str, details: str) -> None: ...

    def on_worked(self) -> None: ...

    def on_gone(self) -> None:
        raise AssertionError("the channel is open")

    def on_nonsense(self) -> None:
        self.nonsense += 1

    def on_disk_full(self, text: str) -> None: ...

    def cpu_s(self) -> float:
        return 0.0

    def memory(self) -> int:
        return 0

    def stops(self) -> list[tuple[float, float]]:
        return []


def some_value(rng: random.Random, kind: object) -> object:
    """A value of a field's type, odd ones among them."""
    if kind is bool:
        return rng.random() < 0.5
    if kind is int:
        return rng.choice([0, 1, 2, 3, -1, 63100, 63101, 80, 2**31, 2**62, rng.randrange(100)])
    if kind is float:
        return rng.choice([0.0, 0.001, -1.0, 1e300, float("nan")])
    if kind is bytes:
        return rng.randbytes(rng.choice([0, 1, 30, 4096, 20000]))
    if kind is str:
        return rng.choice(
            [
                "",
                "a",
                "b",
                "c",
                "..",
                "/etc/passwd",
                "127.0.0.1",
                "::1",
                "198.51.100.1",
                "x" * 3000,
            ]
        )
    return [some_value(rng, str)]


def some_packet(rng: random.Random, kinds: list[type]) -> bytes:
    """A request with any values, sometimes damaged; sometimes only bytes."""
    if rng.random() < 0.05:
        return rng.randbytes(rng.randrange(1, 200))
    kind = rng.choice(kinds)
    values = [some_value(rng, f.type) for f in msgspec.structs.fields(kind)]
    packet = bytearray(asks.encode(kind(*values)))
    if rng.random() < 0.2:
        packet[rng.randrange(len(packet))] = rng.randrange(256)
    return bytes(packet)


def ask_at_random(place: Path, seed: int, count: int) -> None:
    """Send random requests to a broker and read what it answers."""
    rng = random.Random(seed)
    kinds = [kind for kind in get_args(asks.AnyRequest) if kind is not asks.LookUp]
    loop, host = Loop(), Silent()
    limits = amounts(
        connport=(63100, 63101),
        diskused=200_000,
        fileread=10**12,
        filewrite=10**12,
        lograte=10**12,
        random=10**12,
        loopsend=10**12,
        looprecv=10**12,
        netsend=10**12,
        netrecv=10**12,
    )
    meters = Meters(limits, loop.now)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    theirs.setblocking(False)
    network = Network(limits, NetworkRules(testbed=True), meters)
    ring = LogRing(place / "log")
    folder = VesselFolder(place / "files", limits.disk)
    files = Files(folder, meters)
    log = Log(ring, meters, lambda: None)
    tcp = Tcp(limits, network.rules, meters)
    broker = Broker(loop, ours, files, network, tcp, log, meters, host)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(count):
        theirs.send(some_packet(rng, kinds))
        broker._on_readable()
        try:
            while True:
                asks.decode_reply(theirs.recv(asks.MAX_MESSAGE))
        except BlockingIOError:
            pass
        if broker._unsent:
            broker._on_writable()
        for timer in list(broker._waiting):  # nobody waits in here
            if timer.action is not None:
                timer.action()
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert host.nonsense > 0
    assert grown_kb < 60_000
    assert folder.used_bytes <= limits.disk
    assert len(os.listdir(place / "files")) < 10
    assert all(count <= limits.count(name) for name, count in meters.held.items())
    broker.close()
    ring.close()
    folder.close()
    theirs.close()
    loop.close()


def test_the_broker_survives_any_message(tmp_path):
    ask_at_random(tmp_path, 1, 20_000)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_the_broker_survives_a_million_messages(tmp_path):
    ask_at_random(tmp_path, 2, 1_000_000)
