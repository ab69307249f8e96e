"""What a vessel costs: the language, its start, its calls, its memory. `./dev bench vessel`.

Every figure stands beside what it is compared with, taken in the same run. The kernels run in
one process each, bare and in a vessel that is granted more than a core, and count CPU by
their own clock; the best of some rounds is taken, since others may be at work on the machine.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from seattle_p2p.vessel.keepers import Keepers
from tests.support.vessels import (
    amounts,
    keepers_in,
    log_of,
    processes_of,
    start,
    store,
    wait_for_log,
)

ROUNDS = 9

KERNELS = """
def fib(n=18):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

def lists():
    out = []
    for i in range(6000):
        out.append(i * 2)
    total = 0
    for i in range(len(out)):
        total += out[i]
        out[i] = total
    return total

def counts():
    seen = {}
    for i in range(12000):
        k = i % 97
        seen[k] = seen.get(k, 0) + 1
    return len(seen)

def strings():
    parts = []
    for i in range(4000):
        parts.append("%d:%s" % (i, str(i)[::-1]))
    return len(",".join(parts).split(":"))

class Point:
    def __init__(self, x):
        self.x = x
        self._y = 0
    def move(self, d):
        self.x += d
        self._y = self.x

def attributes():
    p = Point(1)
    for i in range(8000):
        p.move(i)
    return p.x

def matmul(n=20):
    a = [[i + j for j in range(n)] for i in range(n)]
    return sum(sum(a[i][k] * a[k][j] for k in range(n)) for i in range(n) for j in range(n))

def numbers(n):
    for i in range(n):
        yield i

def generators():
    return sum(x * 2 for x in numbers(15000) if x % 3)

def measure(clock, rounds):
    results = {}
    for kernel in (fib, lists, counts, strings, attributes, matmul, generators):
        best = 1e9
        for _ in range(rounds):
            begun = clock()
            kernel()
            best = min(best, clock() - begun)
        results[kernel.__name__] = best
    return results
"""

IN_A_VESSEL = (
    KERNELS
    + f"""
found = measure(getruntime, {ROUNDS})
log("{{" + ", ".join(['"%s": %r' % item for item in found.items()]) + "}}")
"""
)

BARE = (
    KERNELS
    + f"""
import json, time
print(json.dumps(measure(time.perf_counter, {ROUNDS})))
"""
)

CALLS = """
server = listenformessage("127.0.0.1", 63100)
def ask(n):
    for i in range(n):
        try:
            server.getmessage()
        except SocketWouldBlockError:
            pass
ask(2000)
best = 1e9
for _ in range(5):
    begun = getruntime()
    ask(5000)
    best = min(best, (getruntime() - begun) / 5000)
log(best)
"""

DATAGRAMS = """
server = listenformessage("127.0.0.1", 63100)
data = "x" * 1400
begun = getruntime()
for i in range(20000):
    sendmessage("127.0.0.1", 63101, data, "127.0.0.1", 63100)
log(20000 * 1400 / (getruntime() - begun))
"""

WIDE = {"cpu": 2.0, "memory": 100_000_000, "loopsend": 1e9, "looprecv": 1e9, "lograte": 1e6}


async def answer_of(keepers: Keepers, program: str) -> str:
    """The log of a program in a vessel with room for everything."""
    before = keepers.read_log("v1", 0, 0).end if keepers.vessel_ids() else 0
    await start(keepers, program, **WIDE)
    status = await keepers.wait_end("v1")
    assert status.cause == "done", status
    return keepers.read_log("v1", before, 1 << 20).data.decode()


async def language(keepers: Keepers) -> None:
    """The kernels in a vessel and bare."""
    inside = json.loads(await answer_of(keepers, IN_A_VESSEL))
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", BARE], capture_output=True, check=True
    )
    bare = json.loads(done.stdout)
    factors = {name: inside[name] / bare[name] for name in bare}
    for name, factor in factors.items():
        row(f"kernel {name}", f"{inside[name] * 1e3:.2f} ms", f"{factor:.2f} x bare")
    mean = statistics.geometric_mean(factors.values())
    row("kernels, geometric mean", f"{mean:.3f} x", "at most 1.10")


async def starts(keepers: Keepers) -> None:
    """Time to the first line of the log, warm and cold."""
    resources = amounts()
    delays = []
    for number in range(11):
        end = keepers.read_log("v1", 0, 0).end
        store(keepers.folder("v1", resources), "hello", b"log('hello')\n")
        begun = time.perf_counter()
        await keepers.start("v1", resources, "hello", [], f"warm {number}")
        await keepers.wait_log("v1", end)
        delays.append(time.perf_counter() - begun)
        await keepers.wait_end("v1")
    row("first log line, warm", f"{statistics.median(delays) * 1e3:.1f} ms", "at most 30 ms")
    row("first log line, cold", f"{cold() * 1e3:.0f} ms", "at most 150 ms")


def cold() -> float:
    """Seconds from `seattle exec` to its first byte, median."""
    delays = []
    with tempfile.TemporaryDirectory() as place:
        restrictions = Path(place, "restrictions")
        restrictions.write_text(
            "resource cpu 0.5\nresource memory 30000000\nresource diskused 1000\n"
            "resource lograte 10000\n"
        )
        program = Path(place, "hello.py")
        program.write_text("log('hello')\n")
        command = [sys.executable, "-m", "seattle_p2p.cli.main", "exec"]
        command += ["--restrictions", str(restrictions), str(program)]
        for _ in range(7):
            begun = time.perf_counter()
            with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
                assert running.stdout is not None
                running.stdout.read(1)
                delays.append(time.perf_counter() - begun)
    return statistics.median(delays)


async def memory(keepers: Keepers, path: Path) -> None:
    """An idle vessel and its keeper."""
    await start(keepers, "log('up')\nsleep(1000)\n")
    await wait_for_log(keepers, "up")
    keeper, vessel = processes_of(path / "v1")
    private = memory_kb(vessel, "Private_Dirty") / 1024
    both = (memory_kb(vessel, "Pss") + memory_kb(keeper, "Pss")) / 1024
    row("idle vessel, private", f"{private:.1f} MB", "at most 6 MB")
    row("vessel and keeper, proportional", f"{both:.1f} MB", "at most 25 MB")
    before = cpu_s(keeper) + cpu_s(vessel)
    await asyncio.sleep(5)
    share = (cpu_s(keeper) + cpu_s(vessel) - before) / 5
    row("idle vessel and keeper, CPU", f"{share * 100:.3f} % of a core", "")
    await keepers.stop("v1", "the bench")


def memory_kb(pid: int, what: str) -> int:
    """A line of the kernel's summary of a process's memory."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(what + ":"):
            return int(line.split()[1])
    raise AssertionError(what)


def cpu_s(pid: int) -> float:
    """CPU seconds of a process, all threads."""
    return time.clock_gettime((~pid << 3) | 2)


def row(what: str, figure: str, beside: str) -> None:
    """One line of the table."""
    print(f"{what:<36}{figure:>16}   {beside}", flush=True)


async def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as place:
        async with keepers_in(Path(place)) as keepers:
            keepers.warm_up()
            await language(keepers)
            call_s = float(await answer_of(keepers, CALLS))
            row("calls of the broker", f"{1 / call_s:,.0f} /s", "at least 20,000")
            row("one call", f"{call_s * 1e6:.1f} us", "at most 50 us")
            rate = float(await answer_of(keepers, DATAGRAMS))
            row("datagrams of 1400 bytes", f"{rate / 1e6:.1f} MB/s", "at least 28 MB/s")
            await starts(keepers)
            await memory(keepers, Path(place))
            assert log_of(keepers)


if __name__ == "__main__":
    asyncio.run(main())
