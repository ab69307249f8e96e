"""``python -m tests.support.run_node FOLDER``: a node manager, as `donor run` runs it."""

import asyncio
import logging
import signal
import sys
from pathlib import Path

from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.node_manager import NodeManager
from seattle_p2p.manager.running import open_overlay


async def main(folder: Path) -> None:
    manager = NodeManager(DonorHome(folder), open_overlay)
    loop = asyncio.get_running_loop()
    stops = []
    loop.add_signal_handler(
        signal.SIGTERM, lambda: stops.append(loop.create_task(manager.stop()))
    )
    await manager.run()


if __name__ == "__main__":
    logging.basicConfig(filename=Path(sys.argv[1]) / "seattle.log", level=logging.INFO)
    asyncio.run(main(Path(sys.argv[1])))
