"""``python -m tests.support.run_node FOLDER``: a node manager, as `donor run` runs it."""

import asyncio
import signal
import sys
from pathlib import Path

from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.logfile import logging_to
from seattle_p2p.manager.node_manager import NodeManager
from seattle_p2p.manager.running import open_overlay


async def main(folder: Path) -> None:
    home = DonorHome(folder)
    manager = NodeManager(home, open_overlay)
    loop = asyncio.get_running_loop()
    stops = []
    loop.add_signal_handler(
        signal.SIGTERM, lambda: stops.append(loop.create_task(manager.stop()))
    )
    with logging_to(home.log, verbose=False):
        await manager.run()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
