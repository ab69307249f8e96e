"""The `seattle` command, also as `python -m seattle_p2p`."""

import gc
import sys


def main() -> None:
    """Run one command line and exit; what must come before most imports is done first."""
    if sys.argv[1:2] == ["exec"]:
        from seattle_p2p.vessel.zygote_client import start_early

        start_early()
        gc.disable()  # until all is imported: imports leave no garbage to look for
    elif sys.argv[1:2] == ["sim"]:
        from seattle_p2p.sim import compiled

        compiled.use()
    from seattle_p2p.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
