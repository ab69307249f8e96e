"""Many machines, some dead, some hanging: the rest is done, and only those are tried again.

`./dev bench thousand` is the same with fifty machines of twenty vessels.
"""

import signal
import sys
from pathlib import Path

import pytest

from seattle_p2p.identity.keys import PublicKey
from tests.support.command_line import Person
from tests.support.donated import NETWORK
from tests.support.many_nodes import many_nodes

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(sys.platform != "linux", reason="/proc"),
]

NODES, EACH = 5, 4


async def test_dead_and_hanging_machines_are_named_and_tried_again_alone(
    tmp_path: Path,
) -> None:
    researcher = Person(tmp_path / "researcher")
    (researcher.home / "data").write_bytes(bytes(100_000))
    owner = PublicKey.from_text((await researcher.needs("keys", "new")).out.strip())
    network = ("--network", NETWORK)
    async with many_nodes(tmp_path, owner, count=NODES, each=EACH) as nodes:
        contact = (await nodes[0].report()).overlay[0]
        await researcher.needs("browse", "--contact", contact, *network)
        dead, hanging = nodes[1], nodes[-1]
        bad = {dead.public.short, hanging.public.short}
        await dead.kill()
        hanging.process.send_signal(signal.SIGSTOP)

        told = await researcher.seattle("upload", "all", "data", *network)
        again = await researcher.seattle("upload", "--retry-failed", "--json", *network)
        hanging.process.send_signal(signal.SIGCONT)
        await dead.start_again()
        back = await researcher.seattle("upload", "--retry-failed", "--json", *network)

        assert (told.code, again.code, back.code) == (3, 4, 0)
        assert f"{(NODES - 2) * EACH} of {NODES * EACH}" in told.err
        reasons = told.err[told.err.index("failed on") :]
        named = {node.public.short for node in nodes if node.public.short in reasons}
        assert named == bad
        assert reasons.count("failed on") == 2
        tried = [entry["vessel"].partition(":")[0] for entry in again.document["failed"]]
        assert (set(tried), len(tried), again.document["ok"]) == (bad, 2 * EACH, [])
        done = {entry["vessel"].partition(":")[0] for entry in back.document["ok"]}
        assert (done, back.document["failed"]) == (bad, [])
