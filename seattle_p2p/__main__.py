"""The `seattle` command, also as `python -m seattle_p2p`."""

import gc
import sys


def main() -> None:
    """Run one command line and exit; what takes longest to start is begun first."""
    if sys.argv[1:2] == ["exec"]:
        from seattle_p2p.vessel.zygote_client import start_early

        start_early()
        gc.disable()  # until all is imported: imports leave no garbage to look for
    from seattle_p2p.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
