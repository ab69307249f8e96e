"""Which of the host's vessel ports belong to whom: several donors may share one machine.

Every installation keeps a small file in one folder of the host, open to all accounts. Whoever
takes ports holds that folder's lock until its own file is there. A file counts for as long as
the installation it names is there, so what a crash leaves behind frees itself.
"""

import fcntl
import os
import socket
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from seattle_p2p.errors import InstallError
from seattle_p2p.identity.keys import digest
from seattle_p2p.manager.home import DonorHome
from seattle_p2p.vessel.resources import VESSEL_PORTS

REGISTRY = Path("/var/tmp/seattle_p2p-ports")
"""Survives a restart of the machine, as installations do."""
MOST_PER_DONOR = 10
_MAX_CLAIM_BYTES = 64 * 1024
_PATIENCE_S = 10.0
_LOOK_AGAIN_S = 0.02


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ports that one installation holds, the same for UDP and TCP."""

    folder: str
    ports: list[int]


class PortRegistry:
    """The host's list of taken vessel ports.

    Args:
        folder: Made with mode 1777 when the first donor installs; `REGISTRY` by default.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or REGISTRY

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let nobody else on this host take or give back ports meanwhile.

        Raises:
            InstallError: the folder cannot be used, or somebody holds it for too long.
        """
        try:
            handle = self._open_and_lock()
        except OSError as reason:
            raise InstallError(
                f"cannot use {self._folder}, where the accounts of this machine share its "
                f"ports: {reason.strerror}",
                hint=f"as its owner or root: chmod 1777 {self._folder}",
            ) from reason
        try:
            yield
        finally:
            os.close(handle)

    def choose(self, vessels: int) -> list[int]:
        """Free ports for a new installation of that many vessels; call it under the lock.

        A tenth of what is free, at most ten, at least one a vessel: the first donors of a
        machine leave something for the next.

        Raises:
            InstallError: fewer are free than there are vessels.
        """
        claims = self._claims()
        self._forget_all_but(claims)
        taken = {port for claim in claims.values() for port in claim.ports}
        free = [port for port in VESSEL_PORTS if port not in taken]
        wanted = max(vessels, min(MOST_PER_DONOR, len(free) // 10))
        usable: list[int] = []
        for port in free:
            if len(usable) == wanted:
                break
            if _nobody_listens(port):
                usable.append(port)
        if len(usable) < vessels:
            raise InstallError(
                f"{vessels} vessels need a port each, and only {len(usable)} of "
                f"{VESSEL_PORTS.start}-{VESSEL_PORTS.stop - 1} are free on this machine",
                hint="uninstall another donor here, or take an installer with fewer vessels",
            )
        return usable

    def claim(self, home: DonorHome, ports: Sequence[int]) -> None:
        """Write down that `ports` belong to `home`; call it under the lock."""
        path = self._path(home)
        said = msgspec.json.encode(Claim(str(home.folder.resolve()), list(ports)))
        # Anybody may put links here: the name is one nobody can foresee, and must be free.
        fresh = path.with_suffix(f".{os.urandom(6).hex()}.new")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(said)
                os.fchmod(handle, 0o644)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)

    def release(self, home: DonorHome) -> None:
        """Give the ports of `home` back; the folder goes with its last file."""
        if not self._folder.exists():
            return
        with self.locked():
            self._path(home).unlink(missing_ok=True)
            # Others may hold ports still, or the folder belong to another account.
            with suppress(OSError):
                self._folder.rmdir()

    def require_still_ours(self, home: DonorHome, ports: Sequence[int]) -> None:
        """Claim again what an installation holds, in case the host forgot it.

        Raises:
            InstallError: another installation took one of the ports meanwhile.
        """
        with self.locked():
            mine = str(home.folder.resolve())
            for other in self._claims().values():
                if other.folder != mine and (both := set(other.ports) & set(ports)):
                    raise InstallError(
                        f"port {min(both)} belongs to the installation in {other.folder} too",
                        hint="was this folder copied or moved? uninstall one, install it again",
                    )
            self.claim(home, ports)

    def _open_and_lock(self) -> int:
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            self._make()
            handle = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if self._take(handle, deadline) and self._is_the_one(handle):
                    return handle
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)

    def _make(self) -> None:
        try:
            self._folder.mkdir(mode=0o700)
        except FileExistsError:
            return
        self._folder.chmod(0o1777)

    def _take(self, handle: int, deadline: float) -> bool:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError as reason:
                if time.monotonic() > deadline:
                    raise InstallError(
                        f"another account holds {self._folder} for more than {_PATIENCE_S:g} s",
                        hint="try again in a minute",
                    ) from reason
                time.sleep(_LOOK_AGAIN_S)

    def _is_the_one(self, handle: int) -> bool:
        """False when the folder was removed, and made anew, while we waited."""
        try:
            return os.path.samestat(os.stat(self._folder), os.fstat(handle))
        except FileNotFoundError:
            return False

    def _forget_all_but(self, living: Collection[Path]) -> None:
        """Remove the claims of installations that are gone, as far as we may."""
        for path in self._folder.glob("*.json"):
            if path not in living:
                with suppress(OSError):
                    path.unlink()

    def _claims(self) -> dict[Path, Claim]:
        """Claims whose installations are there, by their files."""
        found = {}
        for path in sorted(self._folder.glob("*.json")):
            try:
                claim = msgspec.json.decode(_read_small(path), type=Claim)
                if _lives(claim):
                    found[path] = claim
            except (OSError, msgspec.DecodeError):
                continue  # not one of ours, or gone this moment
        return found

    def _path(self, home: DonorHome) -> Path:
        place = f"{os.getuid()} {home.folder.resolve()}".encode(errors="surrogateescape")
        return self._folder / (digest(place, label=b"port claim", size=10).hex() + ".json")


def _read_small(path: Path) -> bytes:
    """A file that any account may have put there: never waits, never follows, never much."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        return os.read(handle, _MAX_CLAIM_BYTES)
    finally:
        os.close(handle)


def _lives(claim: Claim) -> bool:
    try:
        return DonorHome(Path(claim.folder)).installer.is_file()
    except PermissionError:
        return True  # somebody else's folder: believe it


def _nobody_listens(port: int) -> bool:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind == socket.SOCK_STREAM:
                # A connection that closed a moment ago does not make the port taken.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except OSError:
                return False
    return True
