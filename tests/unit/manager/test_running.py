"""What is looked at before a node manager starts."""

import contextlib

import pytest

from seattle_p2p.cli.main import tell
from seattle_p2p.errors import InstallError, WeakContainment
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.manager import running
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.install import Order, Share, install
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.machine import Machine
from seattle_p2p.manager.ports import PortRegistry
from seattle_p2p.manager.running import run_donor

ANN, PLANNER = (KeyPair(bytes([n]) * 32).public for n in (1, 3))


@pytest.fixture
def registry(tmp_path):
    return PortRegistry(tmp_path / "ports")


@pytest.fixture
def home(tmp_path, registry):
    home = DonorHome(tmp_path / "donor")
    order = Order(
        shares=[Share(100, ANN)],
        network="lab",
        seeds=[],
        planner=PLANNER,
        installer=b"{}",
        percent=10.0,
        network_bytes_per_s=100_000,
        bind="127.0.0.1",
        testbed=True,
    )
    install(home, order, Machine(8, 16 * 10**9, 10**11, 1024), registry)
    return home


async def test_run_is_refused_where_nothing_holds_a_hostile_program(
    home, registry, monkeypatch
):
    monkeypatch.setattr(running, "held_layers", lambda folder: ("rlimits",))

    with pytest.raises(WeakContainment, match=r"missing are .*seccomp") as told:
        await run_donor(home, registry)

    assert "--accept-weak-containment" in told.value.hint
    assert tell(told.value, as_json=False) == 5


async def test_accepting_weak_containment_is_remembered(home, registry, monkeypatch):
    monkeypatch.setattr(running, "held_layers", lambda folder: ())

    running._prepare(home, registry, True)
    running._prepare(home, registry, False)

    with contextlib.closing(Ledger(home.ledger)) as ledger:
        assert ledger.settings().accept_weak_containment


async def test_copied_folder_is_refused_because_of_its_ports(home, registry, tmp_path):
    copy = DonorHome(tmp_path / "copy")
    copy.folder.mkdir()
    for path in (home.ledger, home.installer, home.key, home.certificate):
        (copy.folder / path.name).write_bytes(path.read_bytes())

    with pytest.raises(InstallError, match="belongs to the installation in"):
        await run_donor(copy, registry)


async def test_failure_within_tasks_comes_out_as_itself(home, registry, monkeypatch):
    class Failing:
        def __init__(self, home, open_overlay):
            self.ready = running.asyncio.Event()

        async def run(self):
            raise ExceptionGroup("tasks", [ExceptionGroup("more", [InstallError("taken")])])

        async def stop(self):
            raise AssertionError("nobody asked")

    monkeypatch.setattr(running, "NodeManager", Failing)

    with pytest.raises(InstallError, match="taken"):
        await run_donor(home, registry)
