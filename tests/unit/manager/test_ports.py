"""Vessel ports of one machine, shared by several donors."""

import os
import socket
import stat

import pytest

from seattle_p2p.errors import InstallError
from seattle_p2p.manager import ports as module
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.ports import PortRegistry


@pytest.fixture(autouse=True)
def quiet_host(monkeypatch):
    """Whatever else this machine does with its ports is not this test's business."""
    monkeypatch.setattr(module, "_nobody_listens", lambda port: True)


@pytest.fixture
def registry(tmp_path):
    return PortRegistry(tmp_path / "ports")


def install(registry, folder, vessels=2):
    home = DonorHome(folder)
    folder.mkdir()
    with registry.locked():
        ports = registry.choose(vessels)
        registry.claim(home, ports)
        home.installer.touch()
    return home, ports


def test_donors_of_one_machine_get_different_ports(registry, tmp_path):
    given = [install(registry, tmp_path / f"donor {n}")[1] for n in range(20)]

    flat = [port for ports in given for port in ports]
    assert len(set(flat)) == len(flat)
    assert len(given[0]) == 10
    assert all(len(ports) >= 2 for ports in given), "twenty donors of two vessels fit"
    assert all(63100 <= port <= 63199 for port in flat)


def test_a_machine_without_free_ports_refuses_with_the_numbers(registry, tmp_path):
    install(registry, tmp_path / "greedy", vessels=99)

    with pytest.raises(InstallError, match="2 vessels need a port each, and only 1") as told:
        install(registry, tmp_path / "late", vessels=2)

    assert "uninstall" in told.value.hint


def test_ports_come_back_when_released_and_nothing_is_left(registry, tmp_path):
    home, ports = install(registry, tmp_path / "one")

    registry.release(home)
    registry.release(home)

    assert not (tmp_path / "ports").exists()
    assert install(registry, tmp_path / "two")[1] == ports


def test_what_a_crash_left_behind_frees_itself(registry, tmp_path):
    home, ports = install(registry, tmp_path / "one")
    home.installer.unlink()

    assert install(registry, tmp_path / "two")[1] == ports


def test_claims_of_the_gone_do_not_pile_up(registry, tmp_path):
    for number in range(5):
        home, _ = install(registry, tmp_path / f"{number}")
        home.installer.unlink()

    install(registry, tmp_path / "last")

    assert len(list((tmp_path / "ports").iterdir())) == 1


def test_port_somebody_listens_on_is_passed_over(registry, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_nobody_listens", lambda port: port != 63100)

    assert install(registry, tmp_path / "one")[1][0] == 63101


def test_a_folder_that_was_copied_is_refused_when_it_starts(registry, tmp_path):
    home, ports = install(registry, tmp_path / "one")
    copy = DonorHome(tmp_path / "copy")
    copy.folder.mkdir()
    copy.installer.touch()

    registry.require_still_ours(home, ports)
    with pytest.raises(InstallError, match="belongs to the installation in"):
        registry.require_still_ours(copy, ports)


def test_claims_lost_from_the_host_are_written_again(registry, tmp_path):
    home, ports = install(registry, tmp_path / "one")
    for path in (tmp_path / "ports").iterdir():
        path.unlink()

    registry.require_still_ours(home, ports)

    assert not set(install(registry, tmp_path / "two")[1]) & set(ports)


def test_what_is_no_claim_takes_no_ports(registry, tmp_path):
    home, ports = install(registry, tmp_path / "one")
    registry.release(home)
    (tmp_path / "ports").mkdir()
    (tmp_path / "ports" / "x.json").write_bytes(b"\xff{")
    (tmp_path / "ports" / "y.json").mkdir()
    os.mkfifo(tmp_path / "ports" / "z.json")
    (tmp_path / "ports" / "endless.json").symlink_to("/dev/zero")

    assert install(registry, tmp_path / "two")[1] == ports


def test_folder_of_ports_is_open_to_all_accounts(registry, tmp_path):
    with registry.locked():
        mode = stat.S_IMODE((tmp_path / "ports").stat().st_mode)

    assert mode == 0o1777


def test_folder_that_cannot_be_made_is_told_with_the_next_step(tmp_path):
    (tmp_path / "file").touch()

    closed = PortRegistry(tmp_path / "file" / "ports")

    with pytest.raises(InstallError, match="Not a directory") as told, closed.locked():
        pass

    assert "chmod" in told.value.hint


def test_lock_that_is_never_given_back_ends_in_words(registry, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_PATIENCE_S", 0.05)

    with (
        registry.locked(),
        pytest.raises(InstallError, match="for more than"),
        registry.locked(),
    ):
        pass


def test_probe_finds_both_kinds_of_listeners(monkeypatch):
    monkeypatch.undo()
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as other:
            other.bind(("127.0.0.1", 0))
            if kind == socket.SOCK_STREAM:
                other.listen()
            assert not module._nobody_listens(other.getsockname()[1])


def test_nothing_stays_open(registry, tmp_path):
    before = len(os.listdir("/proc/self/fd"))

    for n in range(3):
        install(registry, tmp_path / f"{n}")

    assert len(os.listdir("/proc/self/fd")) == before


def test_a_link_that_somebody_left_in_the_shared_folder_is_not_written_through(
    registry, tmp_path, monkeypatch
):
    home, ports = install(registry, tmp_path / "one")
    (claim,) = (tmp_path / "ports").glob("*.json")
    monkeypatch.setattr(module.os, "urandom", bytes)
    precious = tmp_path / "precious"
    precious.write_text("mine")
    claim.with_suffix(f".{bytes(6).hex()}.new").symlink_to(precious)

    with pytest.raises(FileExistsError):
        registry.claim(home, ports)

    assert precious.read_text() == "mine"
