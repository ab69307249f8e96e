"""Make a donor's folder out of what a planner planned and the donor grants: all or nothing.

Everything is made in a folder of its own inside the donor's, then moved into place piece by
piece; the installer's file goes last and makes it an installation. What an interrupted
installation leaves is known by that inner folder and removed by the next attempt.
"""

import contextlib
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from seattle_p2p.errors import InstallError, KeystoreError, LedgerError, SeattleError
from seattle_p2p.identity.keys import KeyPair, PublicKey
from seattle_p2p.identity.keystore import Keystore, generate, write_private_file
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.manager.ledger import Ledger
from seattle_p2p.manager.machine import Machine, grant, share_out
from seattle_p2p.manager.ports import PortRegistry
from seattle_p2p.manager.settings import NodeSettings
from seattle_p2p.net.certificate import make_certificate
from seattle_p2p.vessel.resources import OFFCUT, Resources
from seattle_p2p.vessel.restrictions import format_restrictions

_NOT_OURS = "lost+found"
"""Every new file system of the ext family has one."""


@dataclass(frozen=True)
class Share:
    """One vessel to make: `percent` of what is given, its owner, its users, its layers."""

    percent: int
    owner: PublicKey
    users: tuple[PublicKey, ...] = ()
    layers: tuple[tuple[str, bytes], ...] = ()
    """Name and text of its security layers, the lowest first."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What to install: the planner's part (shares to seeds) and the donor's (the rest).

    `installer` are the bytes of the planner's file. A `port` of 0 lets the node manager find
    one; otherwise it is the overlay's UDP and the commands' TCP port.
    """

    shares: Sequence[Share]
    network: str
    seeds: Sequence[str]
    planner: PublicKey
    installer: bytes
    percent: float
    network_bytes_per_s: int
    bind: str
    public: str = ""
    port: int = 0
    testbed: bool = False
    allow_private: bool = False
    lan: bool = True
    accept_weak_containment: bool = False


@dataclass(frozen=True)
class Installed:
    """What came of an order: the node's key, and its vessels' names with what they have."""

    node: PublicKey
    vessels: tuple[tuple[str, Resources], ...]


def install(
    home: DonorHome, order: Order, machine: Machine, registry: PortRegistry
) -> Installed:
    """Carry out an order in `home`; afterwards it is installed wholly, or as it was before.

    Raises:
        InstallError: installed already, folder not empty or not writable, share too small, no
            vessel ports left, disk full.
    """
    require_percent(order.percent)
    try:
        made = _make_folder(home.folder)
        with home.lock():
            if home.installed:
                raise InstallError(
                    f"{home.folder} holds an installation already",
                    hint="run it: seattle donor run; or remove it: seattle donor uninstall",
                )
            _remove_unfinished(home)
            _require_empty(home)
            with _undone_unless_finished(home, made, registry):
                return _make(home, order, machine, registry)
    except OSError as reason:
        raise _cannot_write(home.folder, reason.strerror or str(reason)) from reason
    except (KeystoreError, LedgerError) as reason:
        raise _cannot_write(home.folder, reason.message) from reason


def require_percent(percent: float) -> None:
    """Accept a share of the machine.

    Raises:
        InstallError: not above 0 and at most 100.
    """
    if not (math.isfinite(percent) and 0 < percent <= 100):
        raise InstallError(
            f"{percent:g} percent cannot be given", hint="give more than 0 and at most 100"
        )


def _make(home: DonorHome, order: Order, machine: Machine, registry: PortRegistry) -> Installed:
    staged = DonorHome(home.unfinished)
    staged.folder.mkdir(mode=0o700)
    staged.vessels.mkdir(mode=0o700)
    key = generate()
    Keystore(staged.folder).save(staged.key.stem, key)
    write_private_file(staged.certificate, make_certificate(key))
    granted = grant(machine, order.percent, order.network_bytes_per_s)
    with registry.locked():
        ports = registry.choose(len(order.shares))
        amounts = share_out(granted, [share.percent for share in order.shares], ports)
        vessels = _write_ledger(staged, order, key, granted, amounts)
        _write(staged.installer, order.installer)
        registry.claim(home, ports)
        _put_in_place(staged, home)
    return Installed(key.public, vessels)


def _write_ledger(
    staged: DonorHome,
    order: Order,
    key: KeyPair,
    granted: Resources,
    amounts: Sequence[Resources],
) -> tuple[tuple[str, Resources], ...]:
    ledger = Ledger(staged.ledger)
    with contextlib.closing(ledger), ledger.transaction():
        ledger.save_settings(
            NodeSettings(
                network=order.network,
                seeds=tuple(order.seeds),
                bind=order.bind,
                public=order.public,
                overlay_port=order.port,
                command_port=order.port,
                percent=order.percent,
                planner=order.planner.text,
                granted=format_restrictions(granted),
                offcut=format_restrictions(OFFCUT),
                accept_weak_containment=order.accept_weak_containment,
                testbed=order.testbed,
                allow_private=order.allow_private,
                lan=order.lan,
            )
        )
        made = []
        for share, amount in zip(order.shares, amounts, strict=True):
            text = format_restrictions(amount)
            name = ledger.add_vessel(share.owner, text, users=share.users).name
            ledger.change_layers(name, share.layers)
            made.append((name, amount))
        return tuple(made)


def _put_in_place(staged: DonorHome, home: DonorHome) -> None:
    """Move everything; the installer's file is the last, and makes it an installation."""
    _sync(staged.folder)
    for name in ("key", "certificate", "ledger", "vessels", "installer"):
        getattr(staged, name).rename(getattr(home, name))
    _sync(home.folder)
    staged.folder.rmdir()


def _remove_unfinished(home: DonorHome) -> None:
    """Remove what an attempt that broke off has left; a finished installation is left alone."""
    if home.installed or not home.unfinished.exists():
        return
    home.remove_belongings()


def _require_empty(home: DonorHome) -> None:
    there = sorted(path.name for path in home.folder.iterdir() if path.name != _NOT_OURS)
    if there:
        shown = ", ".join(there[:3]) + (", …" if len(there) > 3 else "")
        raise InstallError(
            f"{home.folder} is not empty ({shown})",
            hint="give a folder that is for this alone: --dir DIR",
        )


def _make_folder(folder: Path) -> list[Path]:
    """Make the folder and those above it; which ones were missing, innermost first."""
    made: list[Path] = []
    while not folder.exists():
        made.append(folder)
        folder = folder.parent
    for missing in reversed(made):
        missing.mkdir(mode=0o700, exist_ok=True)
    return made


@contextmanager
def _undone_unless_finished(
    home: DonorHome, made: Sequence[Path], registry: PortRegistry
) -> Iterator[None]:
    """Take everything back when the block fails, folders and ports too."""
    mode = home.folder.stat().st_mode
    try:
        home.folder.chmod(0o700)
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            home.folder.chmod(mode)
        with contextlib.suppress(OSError):
            _remove_unfinished(home)
        with contextlib.suppress(SeattleError):
            registry.release(home)
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def _cannot_write(folder: Path, reason: str) -> InstallError:
    return InstallError(
        f"cannot install in {folder}: {reason}",
        hint="give a folder that this account may write, on a disk with room: --dir DIR",
    )


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
