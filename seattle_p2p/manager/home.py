"""The folder of one donor: what lies where, and who may work in it."""

import fcntl
import itertools
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from seattle_p2p.errors import InstallError

CONTROL_SOCKET = "control.sock"
_LOOK_AGAIN_S = 0.05


@dataclass(frozen=True)
class DonorHome:
    """Names of everything in a donor's folder; nothing of a donor lies elsewhere but its ports.

    `installer` is put in place last: a folder without it holds no installation, whatever else
    is there, and `unfinished` is where one is being made.
    """

    folder: Path

    @property
    def key(self) -> Path:
        """The node's key pair."""
        return self.folder / "node.key"

    @property
    def certificate(self) -> Path:
        """Certificate of that very key for TLS, with the private key, PEM."""
        return self.folder / "certificate.pem"

    @property
    def ledger(self) -> Path:
        """SQLite."""
        return self.folder / "ledger.sqlite"

    @property
    def peers(self) -> Path:
        """Peers to come back through, JSON."""
        return self.folder / "peers.json"

    @property
    def vessels(self) -> Path:
        """One folder a vessel."""
        return self.folder / "vessels"

    @property
    def log(self) -> Path:
        """What the node manager has to say."""
        return self.folder / "seattle.log"

    @property
    def installer(self) -> Path:
        """The planner's file as it was installed."""
        return self.folder / "installer.seattle"

    @property
    def unfinished(self) -> Path:
        """An installation in the making, or one that broke off."""
        return self.folder / ".installing"

    @property
    def control(self) -> Path:
        """Socket of the node manager that runs."""
        return self.folder / CONTROL_SOCKET

    @property
    def process(self) -> Path:
        """Which process is the node manager that runs, JSON."""
        return self.folder / "manager.json"

    @property
    def set_aside(self) -> Path:
        """Folders of vessels that a ledger put back from an older copy does not know."""
        return self.folder / "set-aside"

    def belongings(self) -> list[tuple[Path, str]]:
        """Everything that may lie here and is ours, with a word on what it is."""
        ledger, log = self.ledger.name, self.log.name
        return [
            (self.vessels, "the vessels: files and logs of researchers"),
            (self.ledger, "who may use which vessel"),
            (self.folder / f"{ledger}-wal", "a part of that"),
            (self.folder / f"{ledger}-shm", "a part of that"),
            (self.key, "the node's key"),
            (self.certificate, "the node's certificate"),
            (self.peers, "remembered peers"),
            (self.set_aside, "vessels that an older ledger did not know"),
            (self.process, "which process the node manager is"),
            (self.control, "the way to the node manager"),
            (self.log, "the log"),
            *((path, "an older log") for path in sorted(self.folder.glob(f"{log}.*"))),
            (self.installer, "the planner's file"),
        ]

    def remove_belongings(self) -> None:
        """Remove all that, and last the mark that something is unfinished here.

        Raises:
            OSError: something cannot be removed; another attempt goes on from there.
        """
        for path in (*(path for path, _ in self.belongings()), self.unfinished):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)

    @property
    def installed(self) -> bool:
        """Whether an installation was finished here."""
        return self.installer.exists()

    def require_installed(self) -> None:
        """Accept only a folder with a finished installation.

        Raises:
            InstallError: there is none.
        """
        try:
            there = self.installed
        except PermissionError as reason:
            raise InstallError(
                f"this account may not look into {self.folder}",
                hint="run it as the account that installed",
            ) from reason
        if not there:
            raise InstallError(
                f"nothing is installed in {self.folder}",
                hint="install first: seattle donor install INSTALLER (or give another --dir)",
            )

    @property
    def free(self) -> bool:
        """Whether nobody installs, runs or uninstalls here at this moment."""
        try:
            with self.lock():
                return True
        except InstallError:
            return False

    @contextmanager
    def lock(self, *, wait_s: float = 0.0) -> Iterator[None]:
        """Be the only one who installs, runs or uninstalls here; a dead process is no one.

        Args:
            wait_s: Seconds to wait for somebody who is about to end.

        Raises:
            InstallError: somebody else is at it.
        """
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            deadline = time.monotonic() + wait_s
            while not _taken(handle):
                if time.monotonic() >= deadline:
                    raise InstallError(
                        f"another `seattle donor` works in {self.folder}",
                        hint="a node manager runs there, or an installation is under way: "
                        "see `seattle donor status`",
                    )
                time.sleep(_LOOK_AGAIN_S)
            yield
        finally:
            os.close(handle)


def free_name(folder: Path, name: str) -> Path:
    """`folder`/`name`, or with a number after it when that is taken; the folder is made."""
    folder.mkdir(mode=0o700, exist_ok=True)
    numbered = (folder / f"{name}.{number}" for number in itertools.count(1))
    return next(
        path for path in itertools.chain([folder / name], numbered) if not path.exists()
    )


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
