"""What a donor asks when no node manager runs."""

import asyncio
import subprocess
import sys
import textwrap
import time

import pytest

from seattle_p2p.errors import InstallError, LedgerError, UsageError
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.manager import donor as module
from seattle_p2p.manager.control import serve_control
from seattle_p2p.manager.donor import (
    MAX_PAUSE_S,
    pause,
    resume,
    status,
    uninstall,
    what_goes,
)
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.install import Order, Share, install
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.machine import Machine
from seattle_p2p.manager.pause import pause_left_s
from seattle_p2p.manager.ports import PortRegistry
from seattle_p2p.manager.settings import NodeSettings

ANN, BOB, PLANNER = (KeyPair(bytes([n]) * 32).public for n in (1, 2, 3))


@pytest.fixture(autouse=True)
def known_walls(monkeypatch):
    """What this machine can contain is measured elsewhere."""
    monkeypatch.setattr(module, "held_layers", lambda folder: ("seccomp",))


@pytest.fixture
def registry(tmp_path):
    return PortRegistry(tmp_path / "ports")


@pytest.fixture
def home(tmp_path, registry):
    home = DonorHome(tmp_path / "donor")
    order = Order(
        shares=[Share(40, ANN, (BOB,)), Share(60, BOB)],
        network="lab",
        seeds=[],
        planner=PLANNER,
        installer=b"{}",
        percent=10.0,
        network_bytes_per_s=100_000,
        bind="127.0.0.1",
    )
    install(home, order, Machine(8, 16 * 10**9, 10**11, 1024), registry)
    return home


def settings_in(home):
    ledger = Ledger(home.ledger)
    try:
        return ledger.settings()
    finally:
        ledger.close()


async def test_status_without_a_manager_says_so_and_shows_the_shares(home):
    found = await status(home)

    assert not found.running
    assert found.manager.reachable == "no"
    assert "does not run" in found.manager.reachable_reason
    assert found.manager.layers == ["seccomp"]
    assert "landlock" in found.manager.missing_layers
    assert (found.manager.network, found.manager.planner, found.manager.percent) == (
        "lab",
        PLANNER.text,
        10.0,
    )
    assert [vessel.owner for vessel in found.manager.vessels] == [ANN.text, BOB.text]
    assert found.manager.vessels[0].limits["cpu"] == 0.3184
    assert found.manager.vessels[0].state == "fresh"


async def test_status_says_when_a_manager_is_there_but_silent(home):
    with home.lock():
        found = await status(home)

    assert found.running
    assert found.manager.reachable == "unknown"
    assert "starting, or it hangs" in found.manager.reachable_reason


async def test_pause_and_resume_are_remembered_without_a_manager(home):
    assert not await pause(home)
    assert (await status(home)).manager.paused
    assert (await status(home)).manager.pause_left_s is None

    assert not await resume(home)
    assert not (await status(home)).manager.paused


async def test_pause_for_a_while_ends_by_itself(home):
    await pause(home, for_s=7200)

    assert 7100 < (await status(home)).manager.pause_left_s <= 7200
    over = NodeSettings(paused=True, resume_at=time.time() - 1)
    assert pause_left_s(over) == 0.0


@pytest.mark.parametrize("for_s", [0, -5, MAX_PAUSE_S + 1, float("nan")])
async def test_pause_of_no_or_endless_time_is_refused(home, for_s):
    with pytest.raises(UsageError):
        await pause(home, for_s=for_s)

    assert not settings_in(home).paused


async def test_uninstall_lists_everything_and_leaves_nothing(home, registry, tmp_path):
    home.log.write_text("words")
    home.folder.joinpath("seattle.log.1").write_text("older words")
    home.peers.write_text("[]")
    (home.vessels / "v1" / "files").mkdir(parents=True)
    (home.vessels / "v1" / "files" / "data").write_bytes(bytes(1000))
    listed = {item.path for item in what_goes(home)}
    there = set(home.folder.iterdir())

    left = await uninstall(home, registry)

    assert listed == there
    assert left == []
    assert not any(tmp_path.iterdir()), "no folder, no ports"


async def test_uninstall_leaves_alone_what_is_not_the_donors(home, registry):
    (home.folder / "photo.jpg").touch()

    assert await uninstall(home, registry) == [home.folder / "photo.jpg"]
    assert [path.name for path in home.folder.iterdir()] == ["photo.jpg"]


async def test_uninstall_works_with_a_damaged_ledger(home, registry, tmp_path):
    home.ledger.write_bytes(b"not a database" * 100)
    with pytest.raises(LedgerError):
        await status(home)

    await uninstall(home, registry)

    assert not home.folder.exists()


async def test_interrupted_uninstall_is_taken_up_again(home, registry, monkeypatch):
    def fail(self):
        raise OSError(30, "Read-only file system")

    with monkeypatch.context() as broken:
        broken.setattr(DonorHome, "remove_belongings", fail)
        with pytest.raises(OSError, match="Read-only"):
            await uninstall(home, registry)
    assert not home.installed

    assert {item.path.name for item in what_goes(home)} >= {"node.key", "ledger.sqlite"}
    await uninstall(home, registry)

    assert not home.folder.exists()


async def test_size_of_what_goes_counts_all_that_is_inside(home):
    (home.vessels / "v1").mkdir()
    (home.vessels / "v1" / "log").write_bytes(bytes(4321))

    sizes = {item.path.name: item.size_bytes for item in what_goes(home)}

    assert sizes["vessels"] == 4321
    assert sizes["installer.seattle"] == 2


@pytest.mark.parametrize("question", [status, pause, resume])
async def test_nothing_installed_is_told_with_the_next_step(tmp_path, question):
    with pytest.raises(InstallError, match="nothing is installed") as told:
        await question(DonorHome(tmp_path / "none"))

    assert "donor install" in told.value.hint


async def test_uninstall_of_nothing_is_refused(tmp_path, registry):
    with pytest.raises(InstallError, match="nothing is installed"):
        await uninstall(DonorHome(tmp_path / "none"), registry)


KILLED = textwrap.dedent("""
    import asyncio, sys
    from pathlib import Path
    from seattle_p2p.manager.donor import uninstall
    from seattle_p2p.manager.home import DonorHome
    from seattle_p2p.manager.ports import PortRegistry
    from tests.support.killed import kill_at

    root = Path(sys.argv[1])
    changes = {"os.rename", "os.mkdir", "os.remove", "os.rmdir", "shutil.rmtree", "open"}
    kill_at(int(sys.argv[2]), sys.argv[1], changes)
    asyncio.run(uninstall(DonorHome(root / "donor"), PortRegistry(root / "ports")))
""")


async def test_killed_at_any_file_operation_uninstall_is_taken_up_again(
    home, registry, tmp_path
):
    home.log.write_text("words")
    (home.vessels / "v1" / "files").mkdir(parents=True)
    kills = 0
    for fatal in range(1, 60):
        ended = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", KILLED, str(tmp_path), str(fatal))
        )
        if await ended.wait() != -9:
            break
        kills += 1
        if not (home.installed or home.unfinished.exists()):
            assert list(home.folder.glob("*")) == [], "at worst an empty folder stays"
            break
        assert what_goes(home)

    assert kills >= 5
    assert not (tmp_path / "ports").exists()
    assert list(home.folder.glob("*")) == []


class Listens:
    """A node manager that remembers what it was asked."""

    def __init__(self):
        self.asked = []

    async def look_into(self):
        raise NotImplementedError

    async def report(self):
        raise NotImplementedError

    async def pause(self, for_s):
        self.asked.append(for_s)

    async def resume(self):
        self.asked.append("resume")

    async def stop(self):
        self.asked.append("stop")


async def test_a_node_manager_that_is_just_starting_hears_of_a_pause_once_it_listens(home):
    manager = Listens()

    with home.lock():
        pausing = asyncio.create_task(pause(home, 60.0))
        for _ in range(1000):
            if settings_in(home).paused:
                break
            await asyncio.sleep(0.01)
        async with serve_control(home.folder, manager):
            assert await pausing

    assert manager.asked == [60.0]


async def test_a_node_manager_that_never_listens_holds_up_a_pause_for_a_while_only(
    home, monkeypatch
):
    monkeypatch.setattr(module, "_STARTS_S", 0.2)

    with home.lock():
        assert not await pause(home)

    assert settings_in(home).paused


HANGS = """
import sys, time
sys.path[:0] = {path!r}
from pathlib import Path
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.process import recorded
home = DonorHome(Path({folder!r}))
with home.lock(), recorded(home.process):
    print("there", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def hanging(home):
    """A node manager that holds its folder and answers nobody."""
    code = HANGS.format(path=sys.path, folder=str(home.folder))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"there\n"
        yield process
        process.kill()


async def test_a_node_manager_that_hangs_is_told_with_what_ends_it(
    home, registry, hanging, monkeypatch
):
    monkeypatch.setattr(module, "_STOP_S", 0.2)

    with pytest.raises(InstallError, match="does not stop") as refused:
        await uninstall(home, registry)

    assert "--force" in refused.value.hint
    assert home.installed


async def test_a_node_manager_that_hangs_is_ended_when_the_donor_wants_that(
    home, registry, hanging, monkeypatch
):
    monkeypatch.setattr(module, "_FORCED_S", 0.2)

    assert await uninstall(home, registry, force=True) == []

    assert not home.folder.exists()
