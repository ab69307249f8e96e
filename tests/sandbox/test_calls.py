"""Repy's calls, one by one: what they return, what they cost, which exception comes first.

Each test is a program; it is right when it says so at its end. `raises(kind, call)` in it fails
unless exactly that exception comes.
"""

import re
import socket

import msgspec
import pytest

from seattle_p2p.vessel.api.every_call import CALLS as CALLS_OF_THE_REFERENCE
from tests.support.vessels import amounts, free_ports, keepers_in, log_of

PRELUDE = """
def raises(kind, call):
    try:
        result = call()
    except Exception as error:
        if type(error) is not kind:
            log("expected ", kind.__name__, " got ", type(error).__name__, ": ", error, "\\n")
            exitall()
        return error
    log("expected ", kind.__name__, " got ", result, "\\n")
    exitall()
def same(left, right):
    if left != right:
        log(repr(left), " is not ", repr(right), "\\n")
        exitall()
def patiently(call):
    while True:
        try:
            return call()
        except SocketWouldBlockError:
            sleep(0.01)
me = "127.0.0.1"
"""

SPOILT = """
wrong = [None, 1.5, [], {}, b"x", "", "a" * 200, "A", "..", "a/b", ".x", "a b", "\\xe4"]
"""

CALLS = {
    "openfile makes a file only when asked to": """
raises(FileNotFoundError, lambda: openfile("f", False))
f = openfile("f", True)
same(f.readat(None, 0), "")
f.close()
openfile("f", False).close()
""",
    "openfile refuses names and flags before anything else": SPOILT
    + """
for name in wrong:
    raises(RepyArgumentError, lambda: openfile(name, True))
    raises(RepyArgumentError, lambda: removefile(name))
for flag in [None, 1, 0, "x"]:
    raises(RepyArgumentError, lambda: openfile("f", flag))
same(listfiles(), [])
""",
    "openfile refuses a file that is open, and too many": """
f = openfile("f", True)
raises(FileInUseError, lambda: openfile("f", True))
raises(FileInUseError, lambda: removefile("f"))
more = [openfile("g%d" % i, True) for i in range(4)]
raises(ResourceExhaustedError, lambda: openfile("h", True))
raises(FileInUseError, lambda: openfile("f", True))
f.close()
openfile("h", True).close()
""",
    "readat reads what is there": """
f = openfile("f", True)
f.writeat("0123456789", 0)
same(f.readat(3, 2), "234")
same(f.readat(None, 7), "789")
same(f.readat(100, 8), "89")
same(f.readat(5, 10), "")
same(f.readat(0, 0), "")
raises(SeekPastEndOfFileError, lambda: f.readat(1, 11))
for size, offset in [(-1, 0), (1, -1), ("1", 0), (1, None), (1.0, 0), (True, 0)]:
    raises(RepyArgumentError, lambda: f.readat(size, offset))
f.close()
raises(FileClosedError, lambda: f.readat(1, 0))
""",
    "writeat writes, appends, and never leaves a hole": """
f = openfile("f", True)
f.writeat("aaaa", 0)
f.writeat(b"bb", 4)
f.writeat("\\x00\\xff", 1)
same(f.readat(None, 0), "a\\x00\\xffabb")
raises(SeekPastEndOfFileError, lambda: f.writeat("x", 7))
for data, offset in [("x", -1), (1, 0), (None, 0), ("\\u0100", 0), (["x"], 0), ("x", "0")]:
    raises(RepyArgumentError, lambda: f.writeat(data, offset))
f.close()
raises(FileClosedError, lambda: f.writeat("x", 0))
raises(FileClosedError, lambda: f.close())
""",
    "large reads and writes are whole": """
text = "0123456789" * 40000
f = openfile("f", True)
f.writeat(text, 0)
same(f.readat(None, 0) == text, True)
same(f.readat(300000, 50001) == text[50001:350001], True)
""",
    "removefile removes": """
openfile("f", True).close()
same(listfiles(), ["f"])
removefile("f")
same(listfiles(), [])
raises(FileNotFoundError, lambda: removefile("f"))
""",
    "messages go and come": """
server = listenformessage(me, 63100)
raises(SocketWouldBlockError, server.getmessage)
same(sendmessage(me, 63100, "hello \\xff", me, 63101), 7)
same(patiently(server.getmessage), (me, 63101, "hello \\xff"))
same(sendmessage(me, 63100, b"", me, 63101), 0)
same(patiently(server.getmessage), (me, 63101, ""))
same(sendmessage(me, 63101, "from the port listened on", me, 63100), 25)
raises(AlreadyListeningError, lambda: listenformessage(me, 63100))
same(server.close(), True)
same(server.close(), False)
raises(SocketClosedLocal, server.getmessage)
listenformessage(me, 63100).close()
""",
    "sendmessage looks at its arguments first": """
send = sendmessage
for host in [None, 1, "", "localhost", "127.1", "0.1.2.3", "224.0.0.1", "255.255.255.255"]:
    raises(RepyArgumentError, lambda: send(host, 80, "x", me, 63100))
for port in [None, "80", 0, -1, 65536, 1.0, True]:
    raises(RepyArgumentError, lambda: send("198.51.100.1", port, "x", me, 63100))
    raises(RepyArgumentError, lambda: send("198.51.100.1", 80, "x", me, port))
for data in [None, 5, ["x"], "\\u0100", "x" * 9217]:
    raises(RepyArgumentError, lambda: send(me, 63101, data, me, 63100))
raises(RepyArgumentError, lambda: send(me, 63100, "x", me, 63100))
raises(ResourceForbiddenError, lambda: send(me, 63101, "x", me, 63099))
raises(ResourceForbiddenError, lambda: send(me, 22, "x", me, 63100))
raises(ResourceForbiddenError, lambda: listenformessage(me, 63099))
raises(AddressBindingError, lambda: send("198.51.100.1", 80, "x", "198.51.100.7", 63100))
raises(AddressBindingError, lambda: listenformessage("198.51.100.7", 63100))
""",
    "servers are counted": """
raises(ResourceForbiddenError, lambda: listenformessage(me, 63099))
one = listenformessage(me, 63100)
two = listenformessage(me, 63101)
three = listenforconnection(me, 63100)
same(getresources()[1]["insockets"], 3)
one.close()
two.close()
three.close()
same(getresources()[1]["insockets"], 0)
""",
    "connections are made, used and closed": """
server = listenforconnection(me, 63100)
raises(SocketWouldBlockError, server.getconnection)
raises(AlreadyListeningError, lambda: listenforconnection(me, 63100))
raises(AlreadyListeningError, lambda: openconnection(me, 63101, me, 63100, 1))
client = openconnection(me, 63100, me, 63101, 5)
raises(DuplicateTupleError, lambda: openconnection(me, 63100, me, 63101, 5))
ip, port, other = patiently(server.getconnection)
same((ip, port), (me, 63101))
raises(SocketWouldBlockError, lambda: client.recv(1))
same(other.send("abc\\xff"), 4)
same(patiently(lambda: client.recv(2)), "ab")
same(client.recv(100), "c\\xff")
for size in [0, -1, None, "1", 1.0]:
    raises(RepyArgumentError, lambda: client.recv(size))
for data in [None, 1, ["x"], "\\u0100"]:
    raises(RepyArgumentError, lambda: client.send(data))
other.send("last words")
same(other.close(), True)
same(other.close(), False)
raises(SocketClosedLocal, lambda: other.send("x"))
raises(SocketClosedLocal, lambda: other.recv(1))
same(patiently(lambda: client.recv(100)), "last words")
raises(SocketClosedRemote, lambda: client.recv(1))
raises(SocketClosedRemote, lambda: client.send("x"))
client.close()
same(server.close(), True)
same(server.close(), False)
raises(SocketClosedLocal, server.getconnection)
""",
    "openconnection looks at its arguments first": """
def connect(host=me, port=63100, local=me, local_port=63101, timeout=1):
    return openconnection(host, port, local, local_port, timeout)
for host in [None, 1, "", "localhost", "0.0.0.0"]:
    raises(RepyArgumentError, lambda: connect(host=host))
for timeout in [0, -1, None, "1"]:
    raises(RepyArgumentError, lambda: connect(timeout=timeout))
raises(RepyArgumentError, lambda: connect(port=63101))
raises(ResourceForbiddenError, lambda: connect(local_port=63099))
raises(ResourceForbiddenError, lambda: connect(port=22))
raises(ConnectionRefusedError, connect)
raises(AddressBindingError, lambda: connect(local="198.51.100.7"))
same(getresources()[1]["outsockets"], 0)
""",
    "a full pipe would block and what was sent arrives": """
server = listenforconnection(me, 63100)
client = openconnection(me, 63100, me, 63101, 5)
other = patiently(server.getconnection)[2]
sent = 0
while True:
    try:
        sent += client.send("x" * 100000)
    except SocketWouldBlockError:
        break
got = 0
while got < sent:
    got += len(patiently(lambda: other.recv(100000)))
same(got, sent)
""",
    "locks": """
lock = createlock()
same(lock.acquire(True), True)
same(lock.acquire(False), False)
lock.release()
raises(LockDoubleReleaseError, lock.release)
raises(RepyArgumentError, lambda: lock.acquire(1))
lock.acquire(True)
createthread(lambda: lock.release())
same(lock.acquire(True), True)
""",
    "threads run, are counted, and are not too many": """
ran = []
lock = createlock()
lock.acquire(True)
def work():
    ran.append(getthreadname())
    lock.acquire(True)
    lock.release()
for i in range(10):
    createthread(work)
raises(ResourceExhaustedError, lambda: createthread(work))
same(getresources()[1]["events"], 10)
lock.release()
while getresources()[1]["events"]:
    sleep(0.01)
same(len(set(ran)), 10)
same(getthreadname() in ran, False)
for wrong in [None, 1, "work"]:
    raises(RepyArgumentError, lambda: createthread(wrong))
""",
    "sleep is never short and time never goes back": """
for seconds in [0, 0.0, -1, 0.05, 0.2]:
    begun = getruntime()
    sleep(seconds)
    same(getruntime() - begun >= seconds, True)
for wrong in [None, "1", [], float("nan"), float("inf"), True]:
    raises(RepyArgumentError, lambda: sleep(wrong))
""",
    "random bytes": """
same(len(randombytes()), 1024)
same(randombytes() == randombytes(), False)
same(max(randombytes()) <= "\\xff", True)
""",
    "getresources gives copies of limits, usage and stops": """
limits, usage, stops = getresources()
same(limits["memory"], 30000000)
same(limits["messport"], {63100, 63101})
same(set(limits) - set(usage), set())
same("threadcpu" in usage, True)
limits["memory"] = 1
limits["messport"].add(1)
same(getresources()[0]["memory"], 30000000)
same(getresources()[0]["messport"], {63100, 63101})
same(type(stops), list)
""",
    "log joins by a space and adds nothing": """
log("a", 1, None, [2], "\\xe4")
log()
log("")
""",
    "data converts both ways": """
same(tobytes("a\\xff"), b"a\\xff")
same(totext(b"a\\xff"), "a\\xff")
same(totext("\\u4e00".encode("utf-8")).encode("latin-1").decode("utf-8"), "\\u4e00")
raises(RepyArgumentError, lambda: tobytes("\\u4e00"))
raises(RepyArgumentError, lambda: totext(5))
""",
    "names that every program has": """
same(callargs, ["one", "two"])
same(callfunc, "initialize")
same(mycontext, {})
mycontext["x"] = 1
same(_context["callfunc"], "initialize")
_context["fresh"] = 7
same(fresh, 7)
same(getmyip(), me)
same(gethostbyname("localhost"), me)
raises(RepyArgumentError, lambda: gethostbyname("a b"))
raises(NetworkAddressError, lambda: gethostbyname("no.such.name.invalid"))
""",
    "exceptions form Repy's tree": """
for kind, parents in [
    (FileInUseError, [FileError, RepyException]),
    (ResourceExhaustedError, [ResourceUsageError, RepyException]),
    (SocketWouldBlockError, [NetworkError, RepyException]),
    (CodeUnsafeError, [RepyException]),
    (RunBuiltinException, [SafeException, RepyException]),
    (TimeoutError, [RepyException]),
]:
    for parent in parents:
        same(issubclass(kind, parent), True)
class Mine(RepyException):
    def __init__(self, more):
        super().__init__("mine " + more)
def throw():
    raise Mine("own")
same(str(raises(Mine, throw)), "mine own")
""",
    "virtual namespaces": """
space = createvirtualnamespace("def twice(x): return 2 * x\\ny = twice(base)\\n", "lib")
context = SafeDict({"base": 21})
same(space.evaluate(context) is context, True)
same(context["y"], 42)
same(context["twice"](4), 8)
same(space.evaluate({"base": 1})["y"], 2)
raises(ContextUnsafeError, lambda: space.evaluate({"__builtins__": 1}))
raises(ContextUnsafeError, lambda: space.evaluate({1: 1}))
raises(RepyArgumentError, lambda: space.evaluate(3))
raises(NameError, lambda: space.evaluate({}))
raises(CodeUnsafeError, lambda: createvirtualnamespace("import os", "bad"))
raises(CodeUnsafeError, lambda: createvirtualnamespace("x = (", "bad"))
for code, name in [(None, "n"), ("x = 1", None), (b"x = 1", "n"), ("x = 1", 5)]:
    raises(RepyArgumentError, lambda: createvirtualnamespace(code, name))
""",
    "getlasterror tells the exception at hand with the program's own lines": """
same(getlasterror(), None)
try:
    1 / 0
except ZeroDivisionError:
    text = getlasterror()
same("ZeroDivisionError: division by zero" in text, True)
same("1 / 0" in text, True)
same("seattle" in text, False)
""",
    "nothing handed out can be changed": """
f = openfile("f", True)
for thing in [f, createlock(), log, openfile, SafeDict(), RepyException]:
    for change in [lambda: setattr(thing, "x", 1), lambda: delattr(thing, "x")]:
        raises(AttributeError, change)
raises(TypeError, lambda: type(f))
raises(TypeError, lambda: type(log))
""",
}


EVERY_EXAMPLE = """
for name, text in EXAMPLES:
    try:
        createvirtualnamespace(text, name).evaluate(_context.copy())
    except Exception as error:
        log("\\n", name, type(error).__name__, error, "\\n")
        exitall()
while getresources()[1]["events"]:
    sleep(0.01)
log("\\n")
"""

OVER_IPV6 = """
six = "::1"
raises(RepyArgumentError, lambda: sendmessage(six, 63101, "x", me, 63100))
raises(RepyArgumentError, lambda: sendmessage("0:0:0:0:0:0:0:1", 63101, "x", six, 63100))
server = listenformessage(six, 63100)
same(sendmessage(six, 63100, "hello", six, 63101), 5)
same(patiently(server.getmessage), (six, 63101, "hello"))
raises(AlreadyListeningError, lambda: listenformessage(six, 63100))
listenformessage(me, 63100).close()
server.close()
server = listenforconnection(six, 63100)
client = openconnection(six, 63100, six, 63101, 5)
ip, port, other = patiently(server.getconnection)
same((ip, port), (six, 63101))
other.send("over six")
same(patiently(lambda: client.recv(100)), "over six")
"""
"""Works where the machine has the address."""


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
async def test_calls_work_over_ipv6(tmp_path):
    await run_to_the_right_end(tmp_path, OVER_IPV6)


async def test_every_example_of_the_reference_runs(tmp_path):
    examples = [(call.name, call.example) for call in CALLS_OF_THE_REFERENCE]
    last = [pair for pair in examples if pair[0] == "exitall"]
    examples = [pair for pair in examples if pair not in last]

    assert all(text for _, text in examples + last)
    await run_to_the_right_end(tmp_path, f"EXAMPLES = {examples!r}\n" + EVERY_EXAMPLE)


@pytest.mark.parametrize("name", CALLS)
async def test_call(tmp_path, name):
    await run_to_the_right_end(tmp_path, CALLS[name])


async def run_to_the_right_end(tmp_path, text: str) -> None:
    """Run a program that says so when everything in it was right."""
    ports = free_ports(2)
    resources = amounts(messport=ports, connport=ports, insockets=3)
    text = PRELUDE + text + "log('right')\n"
    # In one pass: the first port may well be 63101.
    text = re.sub(r"6310[01]", lambda found: str(ports[int(found[0]) - 63100]), text)
    program = tmp_path / "program"
    program.write_text(text)
    async with keepers_in(tmp_path / "vessels") as keepers:
        keepers.make("v1")
        await keepers.start(
            "v1",
            resources,
            "program",
            ["one", "two"],
            "r",
            launch_with=lambda launch: msgspec.structs.replace(
                launch, program_path=str(program)
            ),
        )
        status = await keepers.wait_end("v1")

        assert (status.cause, log_of(keepers)[-200:].endswith("right")) == ("done", True), (
            status,
            log_of(keepers),
        )
