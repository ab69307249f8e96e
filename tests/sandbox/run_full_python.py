"""Run plain Python inside every layer of a vessel but the language's; for tests only.

    python -m tests.sandbox.run_full_python --restrictions FILE --dir DIR
        [--without rlimits|seccomp|landlock|namespaces|cgroups]... PROGRAM ARGS...

This is how the layers below the language are tried as if it were gone. What the program prints
comes out on stdout; the exit codes are those of `seattle exec`. Leaving out seccomp takes the
containment below what is needed; here, and only here, that is accepted without a word.
"""

import argparse
import sys
from pathlib import Path

import msgspec

from seattle_p2p.cli.foreground import Foreground, read_restrictions, require_program, tell
from seattle_p2p.errors import SeattleError
from seattle_p2p.vessel.control import Launch, NetworkRules

LAYERS = ("rlimits", "seccomp", "landlock", "namespaces", "cgroups")


def main(arguments: list[str]) -> int:
    """Run one program; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.run_full_python")
    parser.add_argument("--restrictions", required=True, metavar="FILE")
    parser.add_argument("--dir", required=True, metavar="DIR")
    parser.add_argument("--without", action="append", default=[], choices=LAYERS)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("program", metavar="PROGRAM")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="ARGS")
    given = parser.parse_args(arguments)

    def without_language(launch: Launch) -> Launch:
        return msgspec.structs.replace(launch, language=False, without=tuple(given.without))

    try:
        run = Foreground(
            read_restrictions(given.restrictions),
            NetworkRules(),
            accept_weak="seccomp" in given.without,
            launch_with=without_language,
        )
        Path(given.dir).mkdir(parents=True, exist_ok=True)
        program = require_program(given.program)
        status = run.run(program, tuple(given.rest), given.dir, as_json=given.json)
    except SeattleError as error:
        print(f"error: {error.message}", file=sys.stderr)
        return 2
    return tell(status, as_json=given.json)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
