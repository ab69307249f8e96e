"""`./dev bench sim [NODES…]`: cost of a simulated message, the stock package beside it.

Each row is a process of its own, so that memory is its own too. Measures and invariants are
on. Without arguments: 1,000 and 10,000 nodes. The core is compiled first, which takes a minute
once; `--interpreted` measures it as it is.
"""

import json
import subprocess
import sys
from typing import Any

from seattle_p2p.sim import compiled

if __name__ == "__main__" and "--interpreted" not in sys.argv:
    compiled.build()
    compiled.use()

from seattle_p2p.overlay.params import Params
from seattle_p2p.sim import scenario as shapes
from seattle_p2p.sim.baseline import Baseline
from seattle_p2p.sim.run import Result, Run

HEAD = ("what", "nodes", "messages", "CPU s", "µs/message", "peak MiB", "kB/node", "recall")
ADDRESSES_REMEMBERED = 64
"""Of 1,024 by default: what a node knows of an address costs 250 octets."""
BARS = {"objects": 20, "wire": 45}
LARGE, BAR_OF_LARGE = 100_000, 50
"""From so many nodes on caches hold next to nothing of a node, and another bar counts."""


def a_scenario(nodes: int, mode: str, hour: bool) -> shapes.Scenario:
    """Nodes join within 5 minutes and advertise; each vessel has an owner, who looks for it.

    With `hour`: that, and an hour of `seattle2011` with refreshes and renewals. Signatures are
    simulated at every size, so that sizes can be compared.
    """
    seeds, people = 10, max(nodes // 100, 5)
    donors = nodes - seeds - people
    return shapes.Scenario(
        version=shapes.SCHEMA_VERSION,
        meta=shapes.About(
            name=f"bench-{nodes}-{mode}",
            duration_s=4200 if hour else 600,
            mode=mode,
            seed=1,
            signer="simulated",
        ),
        nodes=(
            shapes.NodeGroup(name="seeds", count=seeds, role="bootstrap"),
            shapes.NodeGroup(name="donors", count=donors, join_at_s=1, join_span_s=300),
            shapes.NodeGroup(
                name="people", count=people, role="experimenter", join_at_s=310, join_span_s=20
            ),
        ),
        network=shapes.Network(latency="planetlab"),
        churn=shapes.Churn(preset="seattle2011" if hour else "none", from_s=600),
        overlay=Params(max_acquaintances=ADDRESSES_REMEMBERED),
        workload=shapes.Workload(
            owners=donors,
            discover_from_s=340,
            last_look_s=3000 if hour else 200,
            lookups_per_s=0.5,
        ),
    )


def one(nodes: int, mode: str, hour: bool) -> dict[str, Any]:
    """One row, measured in this process."""
    if mode == "stock":
        import time

        began = time.process_time()
        baseline = Baseline(a_scenario(nodes, "wire", False), 1)
        measures = baseline.execute()
        cpu, delivered = time.process_time() - began, baseline.world.traffic.delivered
        return {"messages": delivered, "cpu": cpu, "recall": measures["stock.get_success"]}
    result: Result = Run(a_scenario(nodes, mode, hour)).execute()
    return {
        "messages": result.cost.messages,
        "cpu": result.cost.cpu_s,
        "recall": result.measures["discovery.recall"],
        "breached": [verdict.name for verdict in result.verdicts if not verdict.holds],
    }


def main(arguments: list[str]) -> int:
    """Measure, and print the table."""
    if arguments and arguments[0] == "one":
        nodes, mode, hour = int(arguments[1]), arguments[2], arguments[3] == "hour"
        row = one(nodes, mode, hour)
        import resource

        row["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        print(json.dumps(row))
        return 0
    hour = "--hour" in arguments
    kept = [word for word in arguments if word == "--interpreted"]
    sizes = [int(text) for text in arguments if text.isdecimal()] or [1000, 10_000]
    plan = [(size, mode) for size in sizes for mode in ("objects", "wire")]
    print(("{:>10}" * len(HEAD)).format(*HEAD))
    missed = False
    for nodes, mode in [*plan, (1000, "stock")]:
        command = [sys.executable, "-m", "tests.bench.sim", "one", str(nodes), mode]
        done = subprocess.run(
            [*command, "hour" if hour else "short", *kept], stdout=subprocess.PIPE, check=True
        )
        row = json.loads(done.stdout)
        each = row["cpu"] * 1e6 / row["messages"]
        bar = BAR_OF_LARGE if nodes >= LARGE else BARS.get(mode, float("inf"))
        missed |= each > bar or bool(row.get("breached"))
        print(
            f"{mode:>10}{nodes:>10,}{row['messages']:>10,}{row['cpu']:>10.1f}{each:>10.1f}"
            f"{row['rss'] / 2**20:>10.0f}{row['rss'] / nodes / 1000:>10.1f}"
            f"{row['recall']:>10.4f}"
        )
        for name in row.get("breached", []):
            print(f"           breached: {name}")
    print(
        f"bars: {BARS['objects']} µs in objects, {BARS['wire']} µs in wire,"
        f" {BAR_OF_LARGE} µs from {LARGE:,} nodes on"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
