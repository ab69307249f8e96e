"""Every exception of every call, and which comes first when two apply.

The reference (`seattle_p2p/vessel/api`) lists a call's exceptions in the order in
which they are looked for. Here is a case for each of them and for each two neighbours; the
tests at the end fail when the reference names one that has none.
"""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from seattle_p2p.vessel.api.every_call import CALLS
from seattle_p2p.vessel.repy_errors import PARENTS
from tests.support.vessels import amounts, free_ports, keepers_in, log_of

TESTS = Path(__file__).parents[1]

PRELUDE = """
me, far, not_ours = "127.0.0.1", "198.51.100.1", "198.51.100.7"
first, second, third, busy, full, nobody = PORTS
forbidden = 63099
clean = []
def kept(thing):
    clean.append(thing)
    return thing
def closed(thing):
    thing.close()
    return thing
def patiently(call):
    while True:
        try:
            return call()
        except SocketWouldBlockError:
            sleep(0.01)
def connected():
    server = kept(listenforconnection(me, first))
    client = kept(openconnection(me, first, me, second, 5))
    return server, client, kept(patiently(server.getconnection)[2])
def all_sockets_in_use():
    connected()
def all_servers_in_use():
    kept(listenformessage(me, first))
    kept(listenforconnection(me, first))
def all_files_in_use():
    kept(openfile("f", True))
    kept(openfile("g", True))
def file():
    return kept(openfile("f", True))
def wait_for_close(thing):
    while True:
        try:
            thing.recv(1)
        except SocketWouldBlockError:
            sleep(0.01)
        except SocketClosedRemote:
            return
def expect(kind, case):
    try:
        result = case()
    except Exception as error:
        if type(error) is not kind:
            log("expected", kind.__name__, "got", type(error).__name__, error, "\\n")
            exitall()
    else:
        log("expected", kind.__name__, "got", result, "\\n")
        exitall()
    for thing in clean[::-1]:
        try:
            thing.close()
        except FileClosedError:
            pass
    del clean[:]
"""

CASES = {
    "openfile": {
        "RepyArgumentError": "openfile('..', True)",
        "FileInUseError": "file(); openfile('f', True)",
        "ResourceExhaustedError": "all_files_in_use(); openfile('h', True)",
        "FileNotFoundError": "openfile('none', False)",
    },
    "file.readat": {
        "RepyArgumentError": "file().readat(-1, 0)",
        "FileClosedError": "closed(file()).readat(1, 0)",
        "SeekPastEndOfFileError": "file().readat(1, 99)",
    },
    "file.writeat": {
        "RepyArgumentError": "file().writeat(5, 0)",
        "FileClosedError": "closed(file()).writeat('x', 0)",
        "SeekPastEndOfFileError": "file().writeat('x', 99)",
    },
    "file.close": {"FileClosedError": "closed(file()).close()"},
    "removefile": {
        "RepyArgumentError": "removefile(None)",
        "FileInUseError": "file(); removefile('f')",
        "FileNotFoundError": "removefile('none')",
    },
    "gethostbyname": {
        "RepyArgumentError": "gethostbyname('a b')",
        "NetworkAddressError": "gethostbyname('no.such.name.invalid')",
    },
    "sendmessage": {
        "RepyArgumentError": "sendmessage(me, second, 'x' * 9217, me, first)",
        "ResourceForbiddenError": "sendmessage(me, second, 'x', me, forbidden)",
        "ResourceExhaustedError": "all_sockets_in_use(); sendmessage(me, busy, '', me, first)",
        "DuplicateTupleError": "sendmessage(me, second, 'x', me, busy)",
        "AddressBindingError": "sendmessage(far, 80, 'x', not_ours, first)",
        "InternetConnectivityError": "sendmessage(far, 80, 'x', me, first)",
    },
    "listenformessage": {
        "RepyArgumentError": "listenformessage(me, 0)",
        "AlreadyListeningError": """\
            kept(listenformessage(me, first)); listenformessage(me, first)""",
        "AddressBindingError": "listenformessage(not_ours, first)",
        "ResourceForbiddenError": "listenformessage(me, forbidden)",
        "ResourceExhaustedError": "all_servers_in_use(); listenformessage(me, second)",
        "DuplicateTupleError": "listenformessage(me, busy)",
    },
    "udpserver.getmessage": {
        "SocketClosedLocal": "closed(listenformessage(me, first)).getmessage()",
        "SocketWouldBlockError": "kept(listenformessage(me, first)).getmessage()",
    },
    "openconnection": {
        "RepyArgumentError": "openconnection(me, first, me, second, 0)",
        "AddressBindingError": "openconnection(far, 80, not_ours, second, 1)",
        "ResourceForbiddenError": "openconnection(me, first, me, forbidden, 1)",
        "DuplicateTupleError": "connected(); openconnection(me, first, me, second, 1)",
        "AlreadyListeningError": """\
            kept(listenforconnection(me, first)); openconnection(me, second, me, first, 1)""",
        "ResourceExhaustedError": """\
            all_sockets_in_use(); openconnection(me, first, me, third, 1)""",
        "ConnectionRefusedError": "openconnection(me, nobody, me, second, 5)",
        "TimeoutError": "openconnection(me, full, me, second, 0.2)",
        "InternetConnectivityError": "openconnection(far, 80, me, second, 1)",
    },
    "listenforconnection": {
        "RepyArgumentError": "listenforconnection('localhost', first)",
        "AlreadyListeningError": """\
            kept(listenforconnection(me, first)); listenforconnection(me, first)""",
        "ResourceForbiddenError": "listenforconnection(me, forbidden)",
        "AddressBindingError": "listenforconnection(not_ours, first)",
        "ResourceExhaustedError": "all_servers_in_use(); listenforconnection(me, second)",
        "DuplicateTupleError": "listenforconnection(me, busy)",
    },
    "tcpserver.getconnection": {
        "SocketClosedLocal": "closed(listenforconnection(me, first)).getconnection()",
        "SocketWouldBlockError": "kept(listenforconnection(me, first)).getconnection()",
        "ResourceExhaustedError": """\
            server = kept(listenforconnection(me, first))
            for local in (second, third):
                kept(openconnection(me, first, me, local, 5))
            patiently(server.getconnection)""",
    },
    "socket.send": {
        "RepyArgumentError": "connected()[1].send(5)",
        "SocketClosedLocal": "closed(connected()[1]).send('x')",
        "SocketClosedRemote": """\
            _, client, other = connected()
            other.close()
            wait_for_close(client)
            client.send('x')""",
        "SocketWouldBlockError": """\
            client = connected()[1]
            while True: client.send('x' * 100000)""",
    },
    "socket.recv": {
        "RepyArgumentError": "connected()[1].recv(0)",
        "SocketClosedLocal": "closed(connected()[1]).recv(1)",
        "SocketWouldBlockError": "connected()[1].recv(1)",
        "SocketClosedRemote": """\
            _, client, other = connected()
            other.close()
            patiently(lambda: client.recv(1))""",
    },
    "createthread": {
        "RepyArgumentError": "createthread(None)",
        "ResourceExhaustedError": """\
            for _ in range(3): createthread(lambda: sleep(0.3))""",
    },
    "lock.acquire": {"RepyArgumentError": "createlock().acquire(1)"},
    "lock.release": {"LockDoubleReleaseError": "createlock().release()"},
    "sleep": {"RepyArgumentError": "sleep('1')"},
    "createvirtualnamespace": {
        "RepyArgumentError": "createvirtualnamespace(None, 'n')",
        "CodeUnsafeError": "createvirtualnamespace('import os', 'n')",
    },
    "namespace.evaluate": {
        "RepyArgumentError": "createvirtualnamespace('x = 1', 'n').evaluate(None)",
        "ContextUnsafeError": "createvirtualnamespace('x = 1', 'n').evaluate({'__x': 1})",
    },
    "tobytes": {"RepyArgumentError": "tobytes('\\u0100')"},
    "totext": {"RepyArgumentError": "totext(5)"},
}
"""A program's lines that end with each exception, by call."""

ELSEWHERE = {
    ("getmyip", "InternetConnectivityError"): "sandbox/programs/network/no_way_out.py",
    ("openconnection", "CleanupInProgressError"): "unit/vessel/test_connect_outcomes.py",
}
"""What needs surroundings of its own."""

BOTH = {
    ("openfile", "FileInUseError", "ResourceExhaustedError"): """\
        all_files_in_use(); openfile('f', True)""",
    ("openfile", "ResourceExhaustedError", "FileNotFoundError"): """\
        all_files_in_use(); openfile('none', False)""",
    ("openfile", "RepyArgumentError", "FileInUseError"): "file(); openfile('f', 1)",
    ("file.readat", "RepyArgumentError", "FileClosedError"): "closed(file()).readat(-1, 0)",
    ("file.readat", "FileClosedError", "SeekPastEndOfFileError"): """\
        closed(file()).readat(1, 99)""",
    ("file.writeat", "RepyArgumentError", "FileClosedError"): "closed(file()).writeat(5, 0)",
    ("file.writeat", "FileClosedError", "SeekPastEndOfFileError"): """\
        closed(file()).writeat('x', 99)""",
    ("sendmessage", "RepyArgumentError", "ResourceForbiddenError"): """\
        sendmessage('nowhere', 80, 'x', me, forbidden)""",
    ("sendmessage", "ResourceForbiddenError", "ResourceExhaustedError"): """\
        all_sockets_in_use(); sendmessage(me, first, 'x', me, forbidden)""",
    ("sendmessage", "ResourceExhaustedError", "DuplicateTupleError"): """\
        all_sockets_in_use(); sendmessage(me, first, 'x', me, busy)""",
    ("sendmessage", "AddressBindingError", "InternetConnectivityError"): """\
        sendmessage(far, 80, 'x', not_ours, first)""",
    ("listenformessage", "AddressBindingError", "ResourceForbiddenError"): """\
        listenformessage(not_ours, forbidden)""",
    ("listenformessage", "ResourceForbiddenError", "ResourceExhaustedError"): """\
        all_servers_in_use(); listenformessage(me, forbidden)""",
    ("listenformessage", "ResourceExhaustedError", "DuplicateTupleError"): """\
        all_servers_in_use(); listenformessage(me, busy)""",
    ("listenformessage", "AlreadyListeningError", "ResourceExhaustedError"): """\
        all_servers_in_use(); listenformessage(me, first)""",
    ("openconnection", "RepyArgumentError", "AddressBindingError"): """\
        openconnection(far, 80, not_ours, second, 0)""",
    ("openconnection", "AddressBindingError", "ResourceForbiddenError"): """\
        openconnection(far, 80, not_ours, forbidden, 1)""",
    ("openconnection", "DuplicateTupleError", "AlreadyListeningError"): """\
        connected(); openconnection(me, second, me, first, 1)""",
    ("openconnection", "AlreadyListeningError", "ResourceExhaustedError"): """\
        connected(); openconnection(me, third, me, first, 1)""",
    ("openconnection", "ResourceExhaustedError", "ConnectionRefusedError"): """\
        all_sockets_in_use(); openconnection(me, nobody, me, third, 1)""",
    ("listenforconnection", "ResourceForbiddenError", "AddressBindingError"): """\
        listenforconnection(not_ours, forbidden)""",
    ("listenforconnection", "AddressBindingError", "ResourceExhaustedError"): """\
        all_servers_in_use(); listenforconnection(not_ours, second)""",
    ("listenforconnection", "ResourceExhaustedError", "DuplicateTupleError"): """\
        all_servers_in_use(); listenforconnection(me, busy)""",
    ("tcpserver.getconnection", "SocketWouldBlockError", "ResourceExhaustedError"): """\
        connected()[0].getconnection()""",
    ("socket.send", "RepyArgumentError", "SocketClosedLocal"): "closed(connected()[1]).send(5)",
    ("socket.send", "SocketClosedLocal", "SocketClosedRemote"): """\
        _, client, other = connected()
        other.close()
        wait_for_close(client)
        closed(client).send('x')""",
    ("socket.recv", "RepyArgumentError", "SocketClosedLocal"): "closed(connected()[1]).recv(0)",
    ("createthread", "RepyArgumentError", "ResourceExhaustedError"): """\
        sleep(0.5)
        for _ in range(2): createthread(lambda: sleep(0.3))
        createthread(5)""",
    ("createvirtualnamespace", "RepyArgumentError", "CodeUnsafeError"): """\
        createvirtualnamespace('import os', 5)""",
}
"""Lines to which two exceptions apply, by call; the first of them is raised."""

_NONE_THERE = "a bad name is no file's, and a file that is open is there"
_ONE_ATTEMPT = "one attempt of the system's has one outcome, after all that is ours"
_NO_SERVER = "nobody listens at what is no address, at another machine's, or without the right"
_CLOSED = "what is closed has nothing to say"
NEVER_BOTH = {
    ("removefile", "RepyArgumentError"): _NONE_THERE,
    ("removefile", "FileInUseError"): _NONE_THERE,
    ("gethostbyname", "RepyArgumentError"): "what is no name is never looked up",
    ("sendmessage", "DuplicateTupleError"): "nobody uses an address that is not here",
    ("listenformessage", "RepyArgumentError"): _NO_SERVER,
    ("listenformessage", "AlreadyListeningError"): _NO_SERVER,
    ("udpserver.getmessage", "SocketClosedLocal"): _CLOSED,
    ("openconnection", "ResourceForbiddenError"): "no connection is made without the right",
    ("openconnection", "ResourceExhaustedError"): _ONE_ATTEMPT,
    ("openconnection", "CleanupInProgressError"): _ONE_ATTEMPT,
    ("openconnection", "ConnectionRefusedError"): _ONE_ATTEMPT,
    ("openconnection", "TimeoutError"): _ONE_ATTEMPT,
    ("listenforconnection", "RepyArgumentError"): _NO_SERVER,
    ("listenforconnection", "AlreadyListeningError"): _NO_SERVER,
    ("tcpserver.getconnection", "SocketClosedLocal"): _CLOSED,
    ("socket.send", "SocketClosedRemote"): "what the other side closed takes nothing",
    ("socket.recv", "SocketClosedLocal"): _CLOSED,
    ("socket.recv", "SocketWouldBlockError"): "a closed peer's data is there or is not",
    ("namespace.evaluate", "RepyArgumentError"): "what is no context has no keys",
}
"""Exceptions that cannot apply together with the next of their call, and why."""


@contextmanager
def surroundings() -> Iterator[tuple[int, ...]]:
    """Six ports: three free, one in use by others, one that answers nobody, one unused."""
    ports = free_ports(6)
    *_, busy, full, _ = ports
    with ExitStack() as opened:
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            other = opened.enter_context(socket.socket(socket.AF_INET, kind))
            other.bind(("127.0.0.1", busy))
            if kind is socket.SOCK_STREAM:
                other.listen()
        deaf = opened.enter_context(socket.socket())
        deaf.bind(("127.0.0.1", full))
        deaf.listen(0)
        for _ in range(3):
            waiting = opened.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", full))
        yield ports


def case_of(number: int, kind: str, lines: str) -> str:
    """A function of a program that runs some lines, and what is expected of it."""
    *before, last = lines.replace("; ", "\n").split("\n")
    body = [line.removeprefix(" " * _common_indent(lines)) for line in [*before, last]]
    text = "".join(f"    {line}\n" for line in body)
    return f"def case_{number}():\n{text}expect({kind}, case_{number})\n"


def _common_indent(lines: str) -> int:
    return min(len(line) - len(line.lstrip()) for line in lines.split("\n"))


async def run_cases(tmp_path, cases: list[tuple[str, str]]) -> tuple[str, str]:
    """Cause of the end and log of a program that goes through some cases."""
    with surroundings() as ports:
        text = PRELUDE.replace("PORTS", repr(ports))
        text += "".join(case_of(n, kind, lines) for n, (kind, lines) in enumerate(cases))
        program = tmp_path / "program"
        program.write_text(text + "log('all as expected')\n")
        resources = amounts(
            messport=ports[:4],
            connport=ports[:4],
            insockets=2,
            outsockets=2,
            filesopened=2,
            events=2,
        )
        async with keepers_in(tmp_path / "vessels") as keepers:
            keepers.make("v1")
            await keepers.start(
                "v1",
                resources,
                "program",
                [],
                "r",
                launch_with=lambda launch: msgspec.structs.replace(
                    launch, program_path=str(program)
                ),
            )
            status = await keepers.wait_end("v1")
            return status.cause, log_of(keepers)


@pytest.mark.parametrize("call", CASES)
async def test_each_exception_comes_when_the_reference_says_so(tmp_path, call):
    ended = await run_cases(tmp_path, list(CASES[call].items()))
    assert ended == ("done", "all as expected")


@pytest.mark.parametrize("call", sorted({call for call, _, _ in BOTH}))
async def test_the_first_that_applies_is_raised(tmp_path, call):
    cases = [(kind, lines) for (name, kind, _), lines in BOTH.items() if name == call]
    ended = await run_cases(tmp_path, cases)
    assert ended == ("done", "all as expected")


TREE = """
RepyException > RepyArgumentError TimeoutError CodeUnsafeError ContextUnsafeError
    LockDoubleReleaseError ResourceUsageError FileError SafeException NetworkError
ResourceUsageError > ResourceExhaustedError ResourceForbiddenError
FileError > FileNotFoundError FileInUseError SeekPastEndOfFileError FileClosedError
SafeException > CheckNodeException CheckStrException RunBuiltinException
NetworkError > NetworkAddressError AlreadyListeningError DuplicateTupleError
    CleanupInProgressError InternetConnectivityError AddressBindingError
    ConnectionRefusedError LocalIPChanged SocketClosedLocal SocketClosedRemote
    SocketWouldBlockError TCPServerSocketInvalidError
"""
"""The original's exceptions, each behind the one that it is a kind of."""


def test_exceptions_stand_where_the_original_had_them():
    wanted = {"RepyException": "Exception"}
    for line in TREE.replace("\n    ", " ").strip().split("\n"):
        parent, _, kinds = line.partition(" > ")
        wanted |= dict.fromkeys(kinds.split(), parent)

    assert wanted == PARENTS


def test_every_exception_of_the_reference_has_a_case():
    promised = {(call.name, kind) for call in CALLS for kind, _ in call.errors}
    tried = {(call, kind) for call, kinds in CASES.items() for kind in kinds}

    assert promised == tried | set(ELSEWHERE)
    for (_, kind), program in ELSEWHERE.items():
        assert kind in (TESTS / program).read_text()


def test_every_two_neighbours_of_the_reference_have_a_case_or_a_reason():
    neighbours = {
        (call.name, former, latter)
        for call in CALLS
        for (former, _), (latter, _) in pairwise(call.errors)
    }
    settled = {(call, former) for call, former in NEVER_BOTH}
    open_ones = {n for n in neighbours - set(BOTH) if n[:2] not in settled}

    assert not open_ones
    assert settled <= {n[:2] for n in neighbours}


def test_the_order_of_the_reference_is_the_order_that_was_tried():
    order = {call.name: [kind for kind, _ in call.errors] for call in CALLS}

    for call, former, latter in BOTH:
        assert order[call].index(former) < order[call].index(latter)
