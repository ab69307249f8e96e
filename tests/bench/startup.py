"""How long `seattle --help` takes beside `python -c pass`, taken in turns in one run.

    ./dev bench startup

The goal is at most 6 times, median of 15. Exit code 1 when it is missed.
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 15
GOAL = 6.0
COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "seattle --help": [sys.executable, "-m", "seattle_p2p.cli.main", "--help"],
}


def measure() -> dict[str, float]:
    """Median wall time of each command, in milliseconds."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            begun = time.perf_counter()
            subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
            times[name].append((time.perf_counter() - begun) * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


def main() -> int:
    """Measure and print a table."""
    medians = measure()
    bare = medians["python -c pass"]
    for name, milliseconds in medians.items():
        print(f"{name:16} {milliseconds:7.1f} ms  {milliseconds / bare:4.1f} x")
    return 0 if medians["seattle --help"] <= GOAL * bare else 1


if __name__ == "__main__":
    sys.exit(main())
