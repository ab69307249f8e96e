"""The folder of one donor: what lies where, and who may work in it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from seattle_p2p.errors import InstallError


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

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only one who installs, runs or uninstalls here; a dead process is no one.

        Raises:
            InstallError: somebody else is at it.
        """
        handle = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as reason:
                raise InstallError(
                    f"another `seattle donor` works in {self.folder}",
                    hint="a node manager runs there, or an installation is under way: "
                    "see `seattle donor status`",
                ) from reason
            yield
        finally:
            os.close(handle)
