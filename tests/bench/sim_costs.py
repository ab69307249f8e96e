"""`./dev bench sim_costs [NODES]`: where the time and the memory of a simulation go.

Time by sampling the stack at each 2 ms of CPU, which costs next to nothing and so distorts
next to nothing; memory by the line that asked for it, at the end of a run of its own, for
counting it makes everything slower. Octets are per node, collector's headers included.
"""

import gc
import signal
import sys
import tracemalloc
from collections import Counter
from pathlib import Path
from types import CodeType, FrameType

from seattle_p2p.sim.run import Run
from tests.bench.sim import a_scenario

INTERVAL_S = 0.002
ROWS = 30


class Sampler:
    """Counts which functions run: those at the top of the stack, and all that are on it."""

    def __init__(self) -> None:
        self.samples = 0
        self.running: Counter[CodeType] = Counter()
        self.on_stack: Counter[CodeType] = Counter()

    def __call__(self, _signal: int, frame: FrameType | None) -> None:
        """Take one sample."""
        self.samples += 1
        if frame is not None:
            self.running[frame.f_code] += 1
        codes = set()
        while frame is not None:
            codes.add(frame.f_code)
            frame = frame.f_back
        self.on_stack.update(codes)


def show_time(nodes: int) -> None:
    """Print the functions that took most time: share of the run, microseconds a message."""
    sampler = Sampler()
    run = Run(a_scenario(nodes, "objects", hour=False))
    signal.signal(signal.SIGPROF, sampler)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL_S, INTERVAL_S)
    cost = run.execute().cost
    signal.setitimer(signal.ITIMER_PROF, 0)
    print(f"{cost.messages:,} messages, {cost.us_per_message:.1f} µs of CPU each\n")
    for title, counts in (("itself", sampler.running), ("with all", sampler.on_stack)):
        print(f"{title:>8} {'µs':>6}")
        for code, count in counts.most_common(ROWS):
            share = count / sampler.samples
            where = f"{Path(code.co_filename).stem}.{code.co_qualname}"
            print(f"{share:>8.1%} {share * cost.us_per_message:>6.2f}  {where}")
        print()


def show_memory(nodes: int) -> None:
    """Print the lines whose objects took most memory."""
    tracemalloc.start(1)
    run = Run(a_scenario(nodes, "objects", hour=False))
    run.world.run(until=run.scenario.meta.duration_s)
    gc.collect()
    lines = tracemalloc.take_snapshot().statistics("lineno")
    print(f"{sum(line.size for line in lines) / nodes / 1000:.1f} kB a node")
    for line in lines[:ROWS]:
        frame = line.traceback[0]
        where = f"{Path(frame.filename).stem}:{frame.lineno}"
        print(f"{line.size / nodes:>8.0f} octets in {line.count / nodes:>6.1f}  {where}")


def main(arguments: list[str]) -> int:
    """Measure both, one after the other."""
    nodes = int(arguments[0]) if arguments else 1000
    show_time(nodes)
    show_memory(nodes)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
