"""Whether limits are true, as seen from outside. `./dev bench limits [SECTION...]`.

shares   CPU of keeper and program together over 20 s, six vessels side by side, with control
         groups (where the machine grants them) and without; and the longest stop.
calls    the same for floods of calls that no rate meters.
rates    what comes through of each rate in 20 s, after the first burst.
memory   30 MB granted, ten times as much wanted: when it ends, how, and the highest peak.
causes   seconds from what a program did to its cause of death in the status.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from seattle_p2p.vessel.keepers import Keepers
from tests.support.vessels import (
    amounts,
    keepers_in,
    log_of,
    processes_of,
    store,
    wait_for_log,
)

SECONDS = 20.0
SHARES, THREADS = (0.02, 0.1, 0.5), (1, 4)
GROUPED, UNGROUPED = 0.10, 0.20

# Its main thread notes the longest time it was not let run; two stops count as one when the
# kernel ran another thread of it between them.
SPIN = """
def spin():
    while True:
        pass
for number in range(int(callargs[0]) - 1):
    createthread(spin)
log("up ")
last = getruntime()
longest, until = 0, last + float(callargs[1])
while last < until:
    now = getruntime()
    longest = max(longest, now - last)
    last = now
log("longest ", longest, " ")
spin()
"""

CALLS = {
    "empty receive": (
        "server = listenformessage('127.0.0.1', 63100)\n"
        "def ask():\n    try:\n        server.getmessage()\n"
        "    except SocketWouldBlockError:\n        pass\n"
    ),
    "resources": "def ask():\n    getresources()\n",
    "refused argument": (
        "def ask():\n    try:\n        openfile('../x', True)\n"
        "    except RepyArgumentError:\n        pass\n"
    ),
    "thread churn": (
        "def nothing():\n    pass\n"
        "def ask():\n    try:\n        createthread(nothing)\n"
        "    except ResourceExhaustedError:\n        pass\n"
    ),
}
FLOOD = "log('up ')\nwhile True:\n    ask()\n"

RATE = 50_000.0
RATES = {
    "lograte": "def use():\n    log('x' * 3000)\n    return 3000\n",
    "random": "def use():\n    return len(randombytes())\n",
    "filewrite": (
        "f = openfile('f', True)\ndef use():\n    f.writeat('x' * 8192, 0)\n    return 8192\n"
    ),
    "fileread": (
        "f = openfile('f', True)\nf.writeat('x' * 8192, 0)\n"
        "def use():\n    return len(f.readat(8192, 0))\n"
    ),
    "loopsend": (
        "def use():\n"
        "    return 64 + sendmessage('127.0.0.1', 63177, 'x' * 1000, '127.0.0.1', port)\n"
    ),
    "looprecv": (
        "s = listenformessage('127.0.0.1', port)\n"
        "def use():\n"
        "    sendmessage('127.0.0.1', port, 'x' * 1000, '127.0.0.1', other)\n"
        "    while True:\n"
        "        try:\n            return 64 + len(s.getmessage()[2])\n"
        "        except SocketWouldBlockError:\n            sleep(0.001)\n"
    ),
}
MEASURED = """
first = getruntime() + 3
while getruntime() < first:
    use()
total, begun = 0, getruntime()
while getruntime() < begun + float(callargs[2]):
    total += use()
open_end = getruntime()
log(" rate ", total / (open_end - begun))
"""

HUNGRY = {
    "one text": "x = 'a' * 10 ** 9",
    "bytearray": "x = bytearray(10 ** 9)",
    "list": "x = []\nwhile True: x.append('a' * 100_000 + str(len(x)))",
    "caught": (
        "x = []\nwhile True:\n    try:\n        x.append('b' * 1000 + str(len(x)))\n"
        "    except MemoryError: pass"
    ),
    "threads": (
        "def eat():\n    x = []\n    while True: x.append(bytearray(10_000))\n"
        "for n in range(9): createthread(eat)\neat()"
    ),
}
GRANTED, MARGIN = 30_000_000, 20_000_000

DEADLY = {
    "disk": "f = openfile('f', True)\nf.writeat('x' * 2_000_000, 0)\n",
    "refused": "import os\n",
    "error": "\n\n1 / 0\n",
    "memory": "x = 'a' * 10 ** 9\n",
    "done": "exitall()\n",
}


class Bench:
    """Figures beside their bars."""

    def __init__(self, keepers: Keepers, place: Path) -> None:
        self.keepers = keepers
        self.place = place
        self.missed = 0

    def told(self, what: str, figure: str, bar: str, holds: bool) -> None:
        """One line of the table."""
        self.missed += not holds
        verdict = "ok" if holds else "MISSED"
        print(f"{what:<44}{figure:>16}   {bar:<26}{verdict}", flush=True)

    async def start(
        self,
        vessel: str,
        text: str,
        *arguments: str,
        without: tuple[str, ...] = (),
        **changes: float,
    ) -> None:
        """Put a program into a vessel and start it."""
        resources = amounts(messport=(63100, 63101, *range(63160, 63180)), **changes)
        store(self.keepers.folder(vessel, resources), "program", text.encode())
        await self.keepers.start(
            vessel,
            resources,
            "program",
            arguments,
            f"{vessel} {time.monotonic_ns()}",
            launch_with=lambda launch: msgspec.structs.replace(launch, without=without),
        )

    async def shares(self) -> None:
        """CPU shares of all sizes, stops with them."""
        for without, margin in (((), GROUPED), (("cgroups",), UNGROUPED)):
            kinds = [(share, threads) for share in SHARES for threads in THREADS]
            name = "with control groups" if not without else "without"
            for number, (share, threads) in enumerate(kinds):
                vessel = f"s{number}"
                arguments = (str(threads), str(SECONDS))
                await self.start(vessel, SPIN, *arguments, without=without, cpu=share)
                await wait_for_log(self.keepers, "up", vessel=vessel)
            grouped = "cgroups" in (await self.keepers.fresh_status("s0")).layers
            print(f"-- {name}: control groups {'hold' if grouped else 'are not there'}")
            used = await self.used([f"s{number}" for number in range(len(kinds))])
            for number, (share, threads) in enumerate(kinds):
                vessel = f"s{number}"
                found = used[vessel] / share
                what = f"cpu {share}, threads {threads}: of its share"
                bar = f"1 +- {margin:.2f}"
                self.told(what, f"{found:.3f} x", bar, abs(found - 1) <= margin)
                await wait_for_log(self.keepers, "longest", vessel=vessel)
                stop = float(log_of(self.keepers, vessel).split()[-1])
                longest = 0.2 if share >= 0.1 else 1.0
                if threads == 1:
                    bar = f"at most {longest:g} s"
                    self.told("  longest stop", f"{stop:.3f} s", bar, stop <= longest)
                await self.keepers.reset(vessel, "the bench")

    async def used(self, vessels: list[str]) -> dict[str, float]:
        """Cores that keeper and program of each use, over `SECONDS`."""
        await asyncio.sleep(1)
        pids = {vessel: processes_of(self.place / vessel) for vessel in vessels}
        before = {vessel: sum(map(cpu_s, pids[vessel])) for vessel in vessels}
        begun = time.monotonic()
        await asyncio.sleep(SECONDS)
        passed = time.monotonic() - begun
        return {v: (sum(map(cpu_s, pids[v])) - before[v]) / passed for v in vessels}

    async def calls(self) -> None:
        """Floods of calls that no rate meters."""
        for number, text in enumerate(CALLS.values()):
            await self.start(
                f"c{number}", text.replace("63100", str(63160 + number)) + FLOOD, cpu=0.1
            )
            await wait_for_log(self.keepers, "up", vessel=f"c{number}")
        used = await self.used([f"c{number}" for number in range(len(CALLS))])
        for number, name in enumerate(CALLS):
            found = used[f"c{number}"] / 0.1
            self.told(
                f"flood, {name}: of cpu 0.1", f"{found:.3f} x", "at most 1.20", found <= 1.2
            )
            await self.keepers.reset(f"c{number}", "the bench")

    async def rates(self) -> None:
        """Rates of everything, side by side."""
        for number, (name, use) in enumerate(RATES.items()):
            port = 63164 + 2 * number
            ports = f"port, other = {port}, {port + 1}\n"
            changes = dict.fromkeys(RATES, 10**9) | {name: RATE, "lograte": RATE}
            await self.start(
                f"r{number}", ports + use + MEASURED, "1", "0", str(SECONDS), cpu=0.3, **changes
            )
        for number, name in enumerate(RATES):
            vessel = f"r{number}"
            status = await self.keepers.wait_end(vessel)
            assert status.cause == "done", status
            found = float(log_of(self.keepers, vessel).split()[-1]) / RATE
            self.told(
                f"{name}: of what was granted",
                f"{found:.3f} x",
                "1 +- 0.05",
                abs(found - 1) <= 0.05,
            )
            await self.keepers.reset(vessel, "the bench")

    async def memory(self) -> None:
        """Programs that want ten times what they have."""
        for name, text in HUNGRY.items():
            begun = time.monotonic()
            await self.start("m", "log('up')\n" + text, memory=GRANTED, cpu=0.5)
            status = await self.keepers.wait_end("m")
            taken = time.monotonic() - begun
            self.told(
                f"memory, {name}: ended after", f"{taken:.2f} s", "at most 1 s", taken <= 1
            )
            peak = status.usage.memory_peak
            bar = f"at most {(GRANTED + MARGIN) / 1e6:.0f} MB"
            self.told(
                f"  peak; cause: {status.cause}",
                f"{peak / 1e6:.1f} MB",
                bar,
                peak <= GRANTED + MARGIN and status.cause == "memory",
            )

    async def causes(self) -> None:
        """Causes of death."""
        for cause, text in DEADLY.items():
            begun = time.monotonic()
            await self.start("d", text)
            status = await self.keepers.wait_end("d")
            taken = time.monotonic() - begun
            self.told(
                f"cause {status.cause}, line {status.line}",
                f"{taken:.2f} s",
                "at most 1 s",
                taken <= 1 and status.cause == cause,
            )


def cpu_s(pid: int) -> float:
    """CPU seconds of a process, all threads."""
    return time.clock_gettime((~pid << 3) | 2)


async def main(chosen: list[str]) -> int:
    """Print the table; exit 1 when a bar is missed."""
    with tempfile.TemporaryDirectory() as place:
        async with keepers_in(Path(place)) as keepers:
            bench = Bench(keepers, Path(place))
            sections: dict[str, Callable[[], Awaitable[None]]] = {
                "shares": bench.shares,
                "calls": bench.calls,
                "rates": bench.rates,
                "memory": bench.memory,
                "causes": bench.causes,
            }
            for name, section in sections.items():
                if not chosen or name in chosen:
                    await section()
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
