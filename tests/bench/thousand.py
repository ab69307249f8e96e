"""A thousand vessels on fifty machines, as a researcher meets them: by the command line.

    ./dev bench thousand [NODES [VESSELS ON EACH]]

Fifty real node managers, each a process of its own with the overlay and the command service as
`donor run` has them, twenty vessels on each, all of one owner; every figure is of a `seattle`
command from its start to its end, in a folder that knew nothing before. Then a fifth of the
node managers is killed (SIGKILL) and a tenth made to hang (SIGSTOP), all at once: the others
must be done in time, exactly those must be named, and `--retry-failed` must touch nobody else,
before and after they came back. Takes two or three minutes and some 4 GB.
"""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.manager.ledger import Ledger
from tests.support.command_line import Person, Said
from tests.support.donated import NETWORK, RunningNode
from tests.support.many_nodes import many_nodes

NODES, EACH = 50, 20
UPLOAD_BYTES = 100_000
LOOK_S, UPLOAD_S = 10.0, 30.0
"""Bars: browse and list together; an upload to all."""


@dataclass
class Table:
    """Rows as they come, and whether all was as it should be."""

    good: bool = True

    def row(self, what: str, figure: str, bar: str, holds: bool) -> None:
        """Print one."""
        self.good = self.good and holds
        print(f"{what:44} {figure:>24}  bar {bar:26} {'ok' if holds else 'MISSED'}", flush=True)


@dataclass
class Crowd:
    """The nodes, the researcher, and what is asked of both."""

    nodes: list[RunningNode]
    researcher: Person
    each: int
    table: Table

    async def timed(self, *arguments: str) -> tuple[Said, float]:
        """A command, and how long it took from start to end, seconds."""
        begun = time.perf_counter()
        said = await self.researcher.seattle(*arguments, "--network", NETWORK)
        return said, time.perf_counter() - begun

    async def all_alive(self) -> None:
        """Browse, list, upload with everybody there."""
        total = len(self.nodes) * self.each
        contact = (await self.nodes[0].report()).overlay[0]
        browsed, browse_s = await self.timed("browse", "--contact", contact, "--json")
        listed, list_s = await self.timed("list", "--json")
        found, shown = len(browsed.document["vessels"]), len(listed.document["ok"])
        self.table.row("vessels found by browse", f"{found}", f"{total}", found == total)
        self.table.row("vessels listed", f"{shown}", f"{total}", shown == total)
        self.table.row(
            "browse + list",
            f"{browse_s:.2f} + {list_s:.2f} s",
            f"<= {LOOK_S:g} s",
            browse_s + list_s <= LOOK_S,
        )
        upload, upload_s = await self.timed("upload", "all", "data", "--json")
        stored = len(upload.document["ok"])
        self.table.row(
            f"upload of {UPLOAD_BYTES // 1000} kB to all",
            f"{upload_s:.2f} s",
            f"<= {UPLOAD_S:g} s",
            upload_s <= UPLOAD_S,
        )
        self.table.row(
            "stored, failures",
            f"{stored}, {len(upload.document['failed'])}",
            f"{total}, 0",
            (stored, upload.code) == (total, 0),
        )

    async def some_gone(self) -> None:
        """Kill and stop some at once; what is done with the others, and tried again."""
        count = len(self.nodes)
        # Not the first: it was the contact, and its place among the dead would prove less.
        gone, hanging = self.nodes[1 : 1 + count // 5], self.nodes[-(count // 10) :]
        bad = {node.public.short for node in (*gone, *hanging)}
        lost = len(bad) * self.each
        for node in hanging:
            node.process.send_signal(signal.SIGSTOP)
        await asyncio.gather(*(node.kill() for node in gone))
        try:
            await self.expect_named("list", (), LOOK_S, bad)
            await self.expect_named("upload", ("all", "data"), UPLOAD_S, bad)
            before = self.uploads_of(bad)
            again, _ = await self.timed("upload", "--retry-failed", "--json")
            tried = {entry["vessel"].split(":")[0] for entry in again.document["failed"]}
            self.table.row(
                "tried again with --retry-failed, exit code",
                f"{len(again.document['failed'])}, {again.code}",
                f"{lost}, 4",
                (len(again.document["failed"]), again.code, tried) == (lost, 4, bad),
            )
        finally:
            for node in hanging:
                node.process.send_signal(signal.SIGCONT)
        for node in gone:
            await node.start_again()
        back, back_s = await self.timed("upload", "--retry-failed", "--json")
        self.table.row(
            "and when they are back",
            f"{len(back.document['ok'])} in {back_s:.2f} s, {back.code}",
            f"{lost}, 0",
            (len(back.document["ok"]), back.code) == (lost, 0),
        )
        untouched = self.uploads_of(bad) == before
        self.table.row("uploads the others saw meanwhile", f"{not untouched:d}", "0", untouched)

    async def expect_named(
        self, word: str, arguments: tuple[str, ...], bar_s: float, bad: set[str]
    ) -> None:
        """A command on all: done in time where it can be, the bad ones named, exit code 3."""
        said, took_s = await self.timed(word, *arguments)
        self.table.row(
            f"{word}, {len(bad)} of {len(self.nodes)} gone",
            f"{took_s:.2f} s, exit {said.code}",
            f"<= {bar_s:g} s, exit 3",
            took_s <= bar_s and said.code == 3,
        )
        told = said.err[said.err.index("failed on") :] if "failed on" in said.err else ""
        named = {node.public.short for node in self.nodes if node.public.short in told}
        groups = told.count("failed on")
        self.table.row(
            "  named, in groups",
            f"{len(named & bad)} and {len(named - bad)} others, {groups}",
            f"{len(bad)} and 0 others",
            named == bad,
        )

    def uploads_of(self, without: set[str]) -> int:
        """Uploads that the nodes which stayed have in their trails."""
        count = 0
        for node in self.nodes:
            if node.public.short not in without:
                with contextlib.closing(Ledger(node.home.ledger)) as ledger:
                    count += sum(entry.action == "put" for entry in ledger.trail.newest())
        return count


async def measure(folder: Path, count: int, each: int) -> bool:
    """Print all of it; whether every bar was held."""
    researcher = Person(folder / "researcher")
    (researcher.home / "data").write_bytes(os.urandom(UPLOAD_BYTES))
    owner = PublicKey.from_text((await researcher.needs("keys", "new")).out.strip())
    begun = time.perf_counter()
    async with many_nodes(folder, owner, count=count, each=each) as nodes:
        print(
            f"{count} node managers with {each} vessels each, all found after"
            f" {time.perf_counter() - begun:.0f} s; load {os.getloadavg()[0]:.1f}"
        )
        crowd = Crowd(nodes, researcher, each, Table())
        await crowd.all_alive()
        await crowd.some_gone()
        return crowd.table.good


def main() -> int:
    """Run it; exit 1 when a bar is missed."""
    given = [int(argument) for argument in sys.argv[1:3]]
    count, each = (*given, *(NODES, EACH)[len(given) :])
    with tempfile.TemporaryDirectory() as folder:
        return 0 if asyncio.run(measure(Path(folder), count, each)) else 1


if __name__ == "__main__":
    sys.exit(main())
