"""Thirty-two vessels on one machine and on eight: list, upload, `run hello` to the last log.

    ./dev bench hello

Real node managers in processes of their own, real programs in their jails. Every figure twice:
of the Python API, and of a `seattle` command from the start of its process to its end (Python's
own start is most of `seattle list`). Each of three rounds is shown, and the worst counts.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from seattle_p2p.experiment.log_events import Line
from seattle_p2p.experiment.session import Experimenter
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.identity.keystore import Keystore
from tests.support.command_line import Person
from tests.support.donated import NETWORK
from tests.support.many_nodes import many_nodes

VESSELS = 32
LAYOUTS = (1, 8)
"""Machines they are on."""
UPLOAD_BYTES = 100_000
LIST_S, UPLOAD_S, HELLO_S = 0.5, 2.0, 3.0
ROUNDS = 3
HELLO = b"log('hello\\n')\n"


def row(what: str, took_s: list[float], bar_s: float, failures: int) -> bool:
    """Print one line: the worst of the rounds beside its bar."""
    good = max(took_s) <= bar_s and failures == 0
    times = " ".join(f"{each:.2f}" for each in took_s)
    verdict = "ok" if good else "MISSED"
    print(
        f"{what:34} {times:>18} s  bar {bar_s:g} s  {failures} failures  {verdict}", flush=True
    )
    return good


async def by_the_api(me: Experimenter, vessels: list[Vessel]) -> bool:
    """All three through `Experimenter`."""
    content = os.urandom(UPLOAD_BYTES)
    took: dict[str, list[float]] = {"list": [], "upload 100 kB": [], "run hello": []}
    failures = dict.fromkeys(took, 0)
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        failures["list"] += len((await me.status(vessels)).failed)
        took["list"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        failures["upload 100 kB"] += len((await me.upload(vessels, content, "data")).failed)
        took["upload 100 kB"].append(time.perf_counter() - begun)
        begun = time.perf_counter()
        await me.upload(vessels, HELLO, "hello")
        started = await me.start(vessels, "hello")
        seen = {
            event.vessel
            async for event in me.logs(started.ok, offsets=started.ok)
            if isinstance(event, Line) and event.text == "hello"
        }
        took["run hello"].append(time.perf_counter() - begun)
        failures["run hello"] += len(vessels) - len(seen)
    bars = (LIST_S, UPLOAD_S, HELLO_S)
    verdicts = [
        row(f"  API: {what}", took[what], bar_s, failures[what])
        for what, bar_s in zip(took, bars, strict=True)
    ]
    return all(verdicts)


async def by_the_command_line(researcher: Person) -> bool:
    """All three through `seattle`."""
    (researcher.home / "data").write_bytes(os.urandom(UPLOAD_BYTES))
    (researcher.home / "hello").write_bytes(HELLO)
    good = True
    for words, bar_s in (
        (("list",), LIST_S),
        (("upload", "all", "data"), UPLOAD_S),
        (("run", "all", "hello"), HELLO_S),
    ):
        took, failures = [], 0
        for _ in range(ROUNDS):
            begun = time.perf_counter()
            said = await researcher.seattle(*words, "--json", "--network", NETWORK)
            took.append(time.perf_counter() - begun)
            if words[0] == "run":
                events = [json.loads(line) for line in said.out.splitlines()]
                failures += VESSELS - sum(e.get("text") == "hello" for e in events)
            else:
                failures += VESSELS - len(said.document["ok"])
        good = row(f"  seattle {words[0]}", took, bar_s, failures) and good
    return good


@asynccontextmanager
async def an_experimenter(key: KeyPair, contact: str) -> AsyncGenerator[Experimenter, None]:
    """Somebody who has browsed."""
    async with Experimenter(key, network=NETWORK, contacts=[contact]) as me:
        await me.browse()
        yield me


async def measure(folder: Path, count: int) -> bool:
    """Print the figures of one layout; whether every bar was held."""
    researcher = Person(folder / "researcher")
    key = KeyPair(os.urandom(32))
    Keystore(researcher.home / "seattle" / "keys").save("me", key)
    async with many_nodes(folder, key.public, count=count, each=VESSELS // count) as nodes:
        contact = (await nodes[0].report()).overlay[0]
        print(f"{VESSELS} vessels on {count}; load {os.getloadavg()[0]:.1f}")
        async with an_experimenter(key, contact) as me:
            api = await by_the_api(me, me.vessels)
        await researcher.needs("browse", "--contact", contact, "--network", NETWORK)
        return await by_the_command_line(researcher) and api


def main() -> int:
    """Run it; exit 1 when a bar is missed."""
    good = True
    for count in LAYOUTS:
        with tempfile.TemporaryDirectory() as folder:
            good = asyncio.run(measure(Path(folder), count)) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
