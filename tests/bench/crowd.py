"""A hundred vessels on one machine, all at work, half a core together. `./dev bench crowd`.

1. The node manager's answer to `list` while all of them run: median and p99.
2. What one vessel gets done while another floods its broker with calls, beside what it got
   done while that one slept; the order of the two is changed from round to round.
3. What node manager, zygote, keepers and vessels use together, beside the sum of the grants.
"""

import asyncio
import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path

from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.manager.ledger import Ledger
from tests.support.donated import RunningNode, a_donated_folder, a_running_node
from tests.support.served_node import OWNER
from tests.support.vessels import children_of

VESSELS, CORES = 100, 0.5
LISTS = 400
ROUNDS, ROUND_S = 6, 12.0
STOP_S = 0.2
"""Nothing for so long, from a vessel that always has something to do: it is held still."""
BAR_LIST_S, BAR_CHANGE = 0.1, 0.10

RESTRICTIONS = f"""\
resource cpu {CORES / VESSELS}
resource memory 20000000
resource diskused 100000
resource events 5
resource insockets 1
resource outsockets 1
resource filesopened 3
resource fileread 100000
resource filewrite 100000
resource loopsend 100000
resource looprecv 100000
resource lograte 10000
resource random 1000
"""

SPIN = "while True:\n    pass\n"
TALK = "while True:\n    listfiles()\n    sleep(0.01)\n"
FLOOD = """
while True:
    try:
        removefile("none")
    except (FileNotFoundError, ResourceForbiddenError):
        pass
"""
WORK = """
while True:
    total = 0
    for number in range(2000):
        total += number
    log(".")
"""


async def main() -> int:
    """Print the table; exit 1 when a bar is missed."""
    with tempfile.TemporaryDirectory() as place:
        home = a_donated_folder(Path(place) / "donor", OWNER.public, vessels=0)
        with contextlib.closing(Ledger(home.ledger)) as ledger:
            ids = [ledger.add_vessel(OWNER.public, RESTRICTIONS).name for _ in range(VESSELS)]
        async with a_running_node(home) as node, node.client(OWNER) as client:
            begun = time.perf_counter()
            await run_everywhere(client, ids)
            took = time.perf_counter() - begun
            print(f"{VESSELS} programs put and started in {took:.1f} s", flush=True)
            await asyncio.sleep(3)
            await tell_usage(node)
            quick = await measure_lists(client)
            fair = await measure_flood(client, ids[0], ids[1])
    return 0 if quick and fair else 1


async def run_everywhere(client: NodeClient, ids: list[str]) -> None:
    """The first vessel works, the second will flood, the others spin or talk."""
    for number, vessel in enumerate(ids):
        program = WORK if number == 0 else SPIN if number % 3 else TALK
        await client.put(vessel, "program", program.encode())
        await client.start(vessel, "program")


async def measure_lists(client: NodeClient) -> bool:
    """Print how long `list` takes."""
    took = []
    for _ in range(LISTS):
        begun = time.perf_counter()
        assert len(await client.vessels()) == VESSELS
        took.append(time.perf_counter() - begun)
        await asyncio.sleep(0.01)
    took.sort()
    p99 = took[len(took) * 99 // 100]
    told("list, median", statistics.median(took) * 1000, "ms", "")
    told("list, p99", p99 * 1000, "ms", f"at most {BAR_LIST_S * 1000:.0f}", p99 <= BAR_LIST_S)
    return p99 <= BAR_LIST_S


async def measure_flood(client: NodeClient, worker: str, other: str) -> bool:
    """Print what a flood next door changes."""
    ratios = []
    for number in range(ROUNDS):
        order = (SPIN, FLOOD) if number % 2 else (FLOOD, SPIN)
        done = {program: await work_beside(client, worker, other, program) for program in order}
        ratios.append(done[FLOOD] / done[SPIN])
    change = abs(statistics.median(ratios) - 1)
    shown = ", ".join(f"{ratio:.3f}" for ratio in ratios)
    print(f"work beside a flood over work beside a spin, each round: {shown}")
    told("change by a flood, median", change * 100, "%", "at most 10", change <= BAR_CHANGE)
    return change <= BAR_CHANGE


async def work_beside(client: NodeClient, worker: str, other: str, program: str) -> float:
    """Pieces of work a second that one vessel gets done while another runs `program`."""
    await client.stop(other)
    await client.put(other, "program", program.encode())
    await client.start(other, "program")
    await asyncio.sleep(2)
    first, begun = await at_a_stop(client, worker)
    await asyncio.sleep(ROUND_S)
    last, ended = await at_a_stop(client, worker)
    return (last - first) / (ended - begun)


async def at_a_stop(client: NodeClient, worker: str) -> tuple[int, float]:
    """What a vessel has done, and when, the next time it is held still after a run.

    In a round it runs some twenty times: one run more or less would be a tenth of the ratio.
    """
    before = (await client.read_log(worker, 0, 1)).end
    done, since = before, time.perf_counter()
    while done == before or time.perf_counter() - since < STOP_S:
        await asyncio.sleep(0.02)
        now = (await client.read_log(worker, 0, 1)).end
        if now != done:
            done, since = now, time.perf_counter()
    return done, since


async def tell_usage(node: RunningNode, seconds: float = 10.0) -> None:
    """Print what everybody uses."""
    zygote = children_of(node.process.pid)
    keepers = [child for parent in zygote for child in children_of(parent)]
    vessels = [child for parent in keepers for child in children_of(parent)]
    groups = {
        "node manager": [node.process.pid],
        "zygote": zygote,
        "keepers": keepers,
        "vessels": vessels,
    }
    before = {name: sum(map(cpu_s, pids)) for name, pids in groups.items()}
    begun = time.perf_counter()
    await asyncio.sleep(seconds)
    passed = time.perf_counter() - begun
    for name, pids in groups.items():
        share = (sum(map(cpu_s, pids)) - before[name]) / passed
        told(f"{name}, {len(pids)} processes", share * 100, "% of a core", "")
    both = sum(sum(map(cpu_s, groups[name])) - before[name] for name in ("keepers", "vessels"))
    told("keepers and vessels together", both / passed, "cores", f"granted {CORES}")


def cpu_s(pid: int) -> float:
    """CPU seconds of a process, all threads."""
    return time.clock_gettime((~pid << 3) | 2)


def told(what: str, value: float, unit: str, beside: str, holds: bool | None = None) -> None:
    """One line of the table."""
    verdict = "" if holds is None else "ok" if holds else "MISSED"
    print(f"{what:<36}{value:>10.3f} {unit:<12}{beside:<16}{verdict}", flush=True)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
