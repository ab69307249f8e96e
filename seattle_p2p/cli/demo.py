"""`seattle demo`: planner, donors and researcher on this machine, from start to end."""

import asyncio
import os
import shlex
import shutil
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seattle_p2p.cli import output
from seattle_p2p.cli.fanout import EXIT_SOME_FAILED
from seattle_p2p.errors import UsageError

if TYPE_CHECKING:
    from seattle_p2p.cli.demo_network import DemoNetwork, Process

VESSELS_EACH = 2
PROGRAM = "all_pairs_ping.r2py"
_AT_ONCE = 4
"""Donors brought up at the same time: enough to keep two cores busy, few enough to be fair."""


@click.command()
@click.option(
    "--keep", is_flag=True, help="Leave the network up and say how to use and end it."
)
@click.option(
    "--donors",
    type=click.IntRange(1, 16),
    default=10,
    show_default=True,
    help="Machines given.",
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    help="Put everything in this new folder (default: one made for it).",
)
@click.option(
    "--end", type=click.Path(path_type=Path), help="End the demo kept in this folder."
)
@output.json_option
def demo(keep: bool, donors: int, folder: Path | None, end: Path | None, as_json: bool) -> None:
    """A whole network on this machine: seed, planner, donors, researcher, results.

    Everything is real: processes, UDP, TLS, sandboxes. Everything lies in one folder, which is
    removed at the end. Ctrl-C at any time leaves nothing behind.
    """
    if end is not None:
        _end_kept(end, as_json)
        return
    from seattle_p2p.cli.demo_network import DemoNetwork

    place = (folder or Path(tempfile.gettempdir()) / f"seattle-demo-{os.getpid()}").absolute()
    story = Story(DemoNetwork(place, keep=keep), donors, Voice(as_json=as_json))
    result = asyncio.run(_with_signals(story))
    if as_json:
        output.document(result)
    if not result["complete"]:
        click.get_current_context().exit(1)


class Voice:
    """Tells the story: on stdout, or on stderr when stdout is for JSON."""

    def __init__(self, *, as_json: bool) -> None:
        self._stream = sys.stderr if as_json else sys.stdout
        self.colour = output.colour(self._stream)
        self.width = shutil.get_terminal_size((200, 24)).columns if self.colour else 200
        self._chapter = 0

    @property
    def fileno(self) -> int:
        """Where commands may speak for themselves."""
        return self._stream.fileno()

    def chapter(self, text: str) -> None:
        """Begin the next part."""
        self._chapter += 1
        head = f"{self._chapter}. {text}"
        self.say("")
        self.say(click.style(head, bold=True, fg="cyan") if self.colour else head)

    def say(self, text: str) -> None:
        """One line."""
        click.echo(text, file=self._stream)
        self._stream.flush()

    def command(self, *words: str) -> None:
        """What one would type."""
        text = f"   $ {' '.join(words)}"
        self.say(click.style(text, dim=True) if self.colour else text)


@dataclass
class Story:
    """The demonstration, part by part."""

    network: "DemoNetwork"
    donors: int
    voice: Voice
    _begun: float = field(default_factory=time.monotonic)
    _seconds: dict[str, float] = field(default_factory=dict)

    async def tell(self) -> dict[str, Any]:
        """All of it; the facts for JSON."""
        voice, network = self.voice, self.network
        voice.say(f"A whole seattle_p2p network on this machine, in {network.folder}")
        network.open()
        try:
            owner = await self._make_key()
            await self._raise_network(owner)
            facts = await self._experiment()
            facts |= {"seconds": self._seconds, "kept": network.keep and facts["complete"]}
            if facts["kept"]:
                network.let_live()
            self._close(facts)
        finally:
            clean = await asyncio.shield(network.close())
        facts["clean"] = clean
        if not facts["kept"]:
            voice.say("")
            voice.say(
                f"Everything was ended and {network.folder} removed; "
                f"{time.monotonic() - self._begun:.1f} s in all."
                if clean
                else f"Something could not be removed: see {network.folder}"
            )
        return facts

    async def _make_key(self) -> str:
        return (await self.network.need("researcher", "keys", "new")).strip()

    async def _raise_network(self, owner: str) -> None:
        voice, network = self.voice, self.network
        voice.chapter("A seed: the one address that newcomers know")
        voice.command("seattle seed run")
        seed = await network.start_seed()
        voice.say(f"   {_short(seed)}")
        self._note("seed")

        voice.chapter("A planner builds an installer for a researcher's key")
        voice.command("seattle planner build demo.toml")
        installer = await network.build_installer(owner, seed=seed, vessels=VESSELS_EACH)
        voice.say(
            f"   {installer.name}: {VESSELS_EACH} vessels a machine, for key {owner[:12]}…"
        )
        self._note("planner")

        donors = "One donor installs" if self.donors == 1 else f"{self.donors} donors install"
        voice.chapter(f"{donors} it, each with its own folder and process")
        voice.command("seattle donor install demo.seattle --testbed")
        voice.command("seattle donor run")
        room = asyncio.Semaphore(_AT_ONCE)
        try:
            async with asyncio.TaskGroup() as tasks:
                for number in range(1, self.donors + 1):
                    tasks.create_task(self._donor(f"donor-{number:02}", installer, room))
        except ExceptionGroup as group:  # the first is the cause, the others only followed
            raise group.exceptions[0] from None
        await network.wait_until_met()
        self._note("donors")

        voice.chapter("The seed is shut down")
        await network.stop_seed()
        voice.say("   It is gone. From here on there is no centre: the donors know each other.")
        self._note("seed stopped")

    async def _donor(self, name: str, installer: Path, room: asyncio.Semaphore) -> None:
        async with room:
            donor = await self.network.add_donor(name, installer)
        up = len(self.network.donors)
        self.voice.say(f"   {name} is up at {_contact(donor)}  ({up} of {self.donors})")

    async def _experiment(self) -> dict[str, Any]:
        voice, network = self.voice, self.network
        contact = str(network.donors[0].facts["addresses"][0])

        voice.chapter("A researcher with nothing but her key and one donor's address")
        await self._shown("browse", "--contact", contact)
        voice.command("seattle list all --neighbours > neighbours.txt")
        neighbours = await network.need("researcher", "list", "all", "--neighbours")
        (network.home("researcher") / "neighbours.txt").write_text(neighbours)
        self._note("browse")

        voice.chapter("She measures the latency between all her vessels")
        await self._shown("upload", "all", "neighbours.txt")
        await self._shown("run", "all", PROGRAM, "{name}")
        self._note("run")

        voice.chapter("She collects the results")
        await self._shown("download", "all", "row.txt", "--into", "results", quiet=True)
        self._note("collect")
        return self._results([line.split()[0] for line in neighbours.splitlines()])

    async def _shown(self, *arguments: str, quiet: bool = False) -> None:
        """Run a command of the researcher's, speaking for itself."""
        from seattle_p2p.cli.demo_network import DemoFailed

        shown = [_short(word) for word in arguments]
        self.voice.command("seattle", *shown)
        finished = await self.network.command(
            "researcher",
            *arguments,
            stdout=asyncio.subprocess.DEVNULL if quiet else self.voice.fileno,
            stderr=self.voice.fileno,
        )
        if finished.code not in (0, EXIT_SOME_FAILED):
            raise DemoFailed(
                f"`seattle {' '.join(shown)}` ended with exit code {finished.code}"
            )

    def _results(self, names: list[str]) -> dict[str, Any]:
        from seattle_p2p.cli.matrix import complete, matrix_lines, measured, read_row

        folder = self.network.home("researcher") / "results"
        files = {name: folder / f"{name.replace(':', '-')}-row.txt" for name in names}
        rows = {n: read_row(f.read_text()) if f.exists() else {} for n, f in files.items()}
        whole, values = complete(rows, names), measured(rows)
        self.voice.chapter(f"{len(names)} × {len(names)} round trips over UDP, in milliseconds")
        self.voice.say(
            "   Numbers are those of the list above: the row asked, the column answered."
        )
        for line in matrix_lines(rows, names, width=self.voice.width, colour=self.voice.colour):
            self.voice.say("   " + line)
        middle = values[len(values) // 2] if values else None
        self._note("matrix")
        return {
            "network": "demo",
            "folder": str(self.network.folder),
            "donors": self.donors,
            "seed_stopped": True,
            "vessels": names,
            "matrix_ms": rows,
            "median_ms": middle,
            "complete": whole,
        }

    def _close(self, facts: dict[str, Any]) -> None:
        voice = self.voice
        voice.chapter("What happened")
        pairs = len(facts["vessels"]) * (len(facts["vessels"]) - 1)
        if facts["complete"]:
            middle = facts["median_ms"]
            voice.say(f"   {pairs} round trips, none missing; the median is {middle:.2f} ms.")
        else:
            voice.say(f"   Of {pairs} round trips some are missing.")
        for line in _LESSONS:
            voice.say(f"   {line}")
        if facts["kept"]:
            _say_how_to_go_on(voice, self.network)
        else:
            for line in _NEXT:
                voice.say(f"   {line}")

    def _note(self, part: str) -> None:
        self._seconds[part] = round(time.monotonic() - self._begun, 2)


_LESSONS = (
    "",
    "Every vessel is a jailed process with a share of one donor's machine: so much CPU,",
    "memory, disk and network, and no way to the rest. The donors found each other through",
    "a Kademlia overlay, the researcher found them by her key alone, and each node checked",
    "her signature by itself. Nobody was in the middle: the seed was gone before she came.",
    "All machines here are one machine: what you see is how long two programs nap between",
    "looks for messages (2 ms) and wait for their tenth of a core, not a network.",
)
_NEXT = (
    "",
    "What to try next:",
    "   seattle demo --keep           the same, and the network stays up for you to play with",
    "   seattle exec --help           write a program and run it in a vessel here",
    "   seattle sim run --help        a hundred nodes in virtual time",
)


def _say_how_to_go_on(voice: Voice, network: "DemoNetwork") -> None:
    folder = shlex.quote(str(network.folder))
    seattle = _how_we_were_called()
    voice.say("")
    voice.say("The network is still up. You are the researcher when you paste this:")
    for line in (
        f"export SEATTLE_HOME={folder}/researcher SEATTLE_NETWORK=demo",
        f"{seattle} list",
        f"{seattle} logs 1-3",
        f"{seattle} files all",
        f"{seattle} shell",
    ):
        voice.say(f"   {line}")
    voice.say("A donor looks at, pauses, leaves:")
    for line in (
        f"{seattle} donor status --dir {folder}/donor-01",
        f"{seattle} donor pause --dir {folder}/donor-01",
        f"{seattle} donor uninstall --dir {folder}/donor-02 --yes",
    ):
        voice.say(f"   {line}")
    voice.say("End all of it and remove the folder:")
    voice.say(f"   {seattle} demo --end {folder}")


def _how_we_were_called() -> str:
    """How a person in this shell starts `seattle`."""
    beside = Path(sys.executable).with_name("seattle")
    found = shutil.which("seattle")
    if found:
        return "seattle"
    return str(beside) if beside.exists() else f"{sys.executable} -m seattle_p2p.cli.main"


async def _with_signals(story: Story) -> dict[str, Any]:
    """Tell the story; the first signal ends it, later ones wait until all is cleaned up."""
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    stopped = False

    def stop() -> None:
        nonlocal stopped
        if not stopped:
            stopped = True
            story.voice.say("\nstopping; everything is being ended")
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    try:
        return await story.tell()
    except asyncio.CancelledError:
        story.voice.say("nothing was left behind")
        raise click.Abort from None


def _end_kept(folder: Path, as_json: bool) -> None:
    from seattle_p2p.cli.demo_guard import MARKER, end

    if not (folder / MARKER).exists():
        raise UsageError(
            f"{folder} holds no demo", hint="`seattle demo --keep` named its folder"
        )
    left = end(folder)
    if as_json:
        output.document({"folder": str(folder), "ended": not left})
    output.note(f"ended, and {folder} removed" if not left else f"could not remove {folder}")
    click.get_current_context().exit(left)


def _contact(donor: "Process") -> str:
    return _short(str(donor.facts["addresses"][0]))


def _short(word: str) -> str:
    """A word of a command for people: keys are too long to read."""
    key, at, address = word.rpartition("@")
    return f"{key[:12]}…@{address}" if at and len(key) > 12 else word
