"""Making a donor's folder: all or nothing."""

import os
import stat
import subprocess
import sys
import textwrap

import pytest

from seattle_p2p.errors import InstallError
from seattle_p2p.identity.keys import KeyPair
from seattle_p2p.identity.keystore import read_key_file
from seattle_p2p.manager import install as module
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.install import Order, Share, install
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.machine import Machine
from seattle_p2p.manager.ports import PortRegistry
from seattle_p2p.vessel.restrictions import parse_restrictions

ANN, BOB, PLANNER = (KeyPair(bytes([n]) * 32).public for n in (1, 2, 3))
LAPTOP = Machine(cores=8, memory_bytes=16 * 10**9, disk_free_bytes=10**11, open_files=1024)


def an_order(**changes):
    fields = {
        "shares": [Share(40, ANN, (BOB,), (("guard", b"text"),)), Share(60, BOB)],
        "network": "lab",
        "seeds": ["127.0.0.1:4711"],
        "planner": PLANNER,
        "installer": b"{}",
        "percent": 10.0,
        "network_bytes_per_s": 100_000,
        "bind": "127.0.0.1",
    }
    return Order(**(fields | changes))


@pytest.fixture
def registry(tmp_path):
    return PortRegistry(tmp_path / "ports")


def test_installation_holds_key_certificate_ledger_and_vessels(tmp_path, registry):
    home = DonorHome(tmp_path / "a" / "b")

    made = install(home, an_order(testbed=True), LAPTOP, registry)

    assert home.installed
    assert read_key_file(home.key).public == made.node
    assert home.installer.read_bytes() == b"{}"
    assert sorted(path.name for path in home.folder.iterdir()) == [
        "certificate.pem",
        "installer.seattle",
        "ledger.sqlite",
        "node.key",
        "vessels",
    ]
    ledger = Ledger(home.ledger, create=False)
    settings, rows = ledger.settings(), ledger.vessels()
    layers = [ledger.layers(row.name) for row in rows]
    ledger.close()
    assert (settings.network, settings.seeds) == ("lab", ("127.0.0.1:4711",))
    assert settings.testbed
    assert settings.planner == PLANNER.text
    assert [(row.name, row.owner, row.users) for row in rows] == [
        ("v1", ANN, (BOB,)),
        ("v2", BOB, ()),
    ]
    assert layers == [(("guard", b"text"),), ()]
    amounts = [parse_restrictions(row.restrictions) for row in rows]
    assert amounts == [amount for _, amount in made.vessels]
    assert [amount.cpu for amount in amounts] == [0.3184, 0.4776]
    assert len(amounts[0].messport | amounts[1].messport) == 10


def test_nobody_else_may_read_the_folder(tmp_path, registry):
    home = DonorHome(tmp_path / "donor")
    home.folder.mkdir(mode=0o755)

    install(home, an_order(), LAPTOP, registry)

    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700
    for path in (home.key, home.certificate, home.ledger):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_second_installation_in_one_folder_is_refused_and_changes_nothing(tmp_path, registry):
    home = DonorHome(tmp_path / "donor")
    install(home, an_order(), LAPTOP, registry)
    before = home.key.read_bytes()

    with pytest.raises(InstallError, match="already") as told:
        install(home, an_order(), LAPTOP, registry)

    assert "uninstall" in told.value.hint
    assert home.key.read_bytes() == before


def test_folder_with_something_else_in_it_is_refused_and_left_alone(tmp_path, registry):
    (tmp_path / "thesis.tex").write_text("years of work")

    with pytest.raises(InstallError, match=r"not empty \(thesis.tex\)"):
        install(DonorHome(tmp_path), an_order(), LAPTOP, registry)

    assert (tmp_path / "thesis.tex").read_text() == "years of work"


@pytest.mark.parametrize("percent", [0.0, -1.0, 100.1, float("nan"), float("inf")])
def test_nonsense_percent_is_refused_before_anything_is_made(tmp_path, registry, percent):
    with pytest.raises(InstallError, match="percent cannot be given"):
        install(DonorHome(tmp_path / "x"), an_order(percent=percent), LAPTOP, registry)

    assert not any(tmp_path.iterdir())


def test_share_that_is_too_small_leaves_nothing(tmp_path, registry):
    with pytest.raises(InstallError, match="too small"):
        install(DonorHome(tmp_path / "a" / "b"), an_order(percent=0.01), LAPTOP, registry)

    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize(
    "step", ["generate", "make_certificate", "share_out", "_write_ledger", "_write", "_sync"]
)
def test_failure_at_any_step_leaves_nothing(tmp_path, registry, monkeypatch, step):
    def fail(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, step, fail)

    with pytest.raises(InstallError, match="No space left on device") as told:
        install(DonorHome(tmp_path / "a" / "b"), an_order(), LAPTOP, registry)

    assert "--dir" in told.value.hint
    assert not any(tmp_path.iterdir())


def test_folder_that_cannot_be_made_is_told_with_the_next_step(tmp_path, registry):
    (tmp_path / "file").touch()

    with pytest.raises(InstallError, match="Not a directory"):
        install(DonorHome(tmp_path / "file" / "x"), an_order(), LAPTOP, registry)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_read_only_folder_is_told_with_the_next_step(tmp_path, registry):
    tmp_path.chmod(0o500)

    with pytest.raises(InstallError, match="Permission denied"):
        install(DonorHome(tmp_path / "x"), an_order(), LAPTOP, registry)


KILLED = textwrap.dedent("""
    import sys
    from pathlib import Path
    from seattle_p2p.manager.home import DonorHome
    from seattle_p2p.manager.install import install
    from seattle_p2p.manager.ports import PortRegistry
    from tests.support.killed import kill_at
    from tests.unit.manager.test_install import LAPTOP, an_order

    root = Path(sys.argv[1])
    changes = {"os.rename", "os.mkdir", "os.link", "os.rmdir", "sqlite3.connect", "open"}
    kill_at(int(sys.argv[2]), sys.argv[1], changes)
    install(DonorHome(root / "donor"), an_order(), LAPTOP, PortRegistry(root / "ports"))
""")


def test_killed_at_any_file_operation_it_is_installed_or_can_be_installed_again(tmp_path):
    outcomes = []
    for fatal in range(1, 100):
        root = tmp_path / f"kill {fatal}"
        root.mkdir()
        ended = subprocess.run([sys.executable, "-c", KILLED, str(root), str(fatal)])
        home = DonorHome(root / "donor")
        registry = PortRegistry(root / "ports")
        if ended.returncode == 0:
            break
        assert ended.returncode == -9
        if home.installed:
            with pytest.raises(InstallError, match="already"):
                install(home, an_order(), LAPTOP, registry)
        else:
            install(home, an_order(), LAPTOP, registry)
        assert not home.unfinished.exists() or home.installed
        ledger = Ledger(home.ledger, create=False)
        assert len(ledger.vessels()) == 2
        ledger.close()
        read_key_file(home.key)
        assert len(list((root / "ports").glob("*.json"))) == 1
        outcomes.append(fatal)

    assert len(outcomes) > 15, "the hook saw the whole installation"
