"""What stands around a run: things that a hostile program would like to reach.

A secret file, an empty folder, services on loopback, a process of the same user; whatever of
them is touched is a breach.
"""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

from tests.sandbox.corpus import Program

FLOODED_PORT = 63181
"""Where flooding programs send to; somebody counts there."""

GREETING = b"hello"
"""What programs send to a service that they may not reach."""

_UDP_HEADER = 64
"""Bytes that a datagram costs beside its own."""


class Stage:
    """The surroundings of one run, made afresh and removed afterwards.

    Args:
        user: Numeric user the programs run as; ours when None. Only root can choose.
    """

    def __init__(self, user: int | None = None) -> None:
        self.user = user
        self.root = Path(tempfile.mkdtemp(prefix="seattle-stage-"))
        self.files, self.outside = self.root / "files", self.root / "outside"
        self.proof, self.secret = self.outside / "proof", self.outside / "secret.txt"
        self.secret_text = secrets.token_hex(16)
        for folder in (self.files, self.outside, self.proof):
            folder.mkdir()
        self.secret.write_text(self.secret_text)
        self.secret.chmod(0o644)
        self.unix = self.outside / "service.sock"
        self._servers = [socket.socket(socket.AF_UNIX) for _ in range(2)]
        self._servers[0].bind(str(self.unix))
        self._servers[1].bind("\0" + str(self.unix))
        self._servers.append(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        self._servers[2].bind(("127.0.0.1", 0))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self._udp.setblocking(False)
        for server in self._servers:
            server.listen()
            server.setblocking(False)
        self._victim = subprocess.Popen(["sleep", "60"], user=user)
        self._hand_over()

    def _hand_over(self) -> None:
        """Make everything the user's own."""
        if self.user is not None:
            for path in [self.root, *self.root.rglob("*")]:
                os.lchown(path, self.user, self.user)

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, *parts: object) -> None:
        self._victim.kill()
        self._victim.wait()
        for each in (*self._servers, self._udp):
            each.close()
        shutil.rmtree(self.root, ignore_errors=True)

    def words(self) -> dict[str, str]:
        """What stands for the braces in a header."""
        return {
            "secret": str(self.secret),
            "proof": str(self.proof),
            "canary": str(self._udp.getsockname()[1]),
            "tcp": str(self._servers[2].getsockname()[1]),
            "victim": str(self._victim.pid),
            "unix": str(self.unix),
        }

    def prepare(self, program: Program) -> None:
        """Write the program, its resource file, and what its header puts into its folder."""
        (self.root / "program.py").write_bytes(program.program_text())
        (self.root / "restrictions").write_text(program.restrictions_text())
        for entry in program.folder:
            kind, name, *rest = entry.format(**self.words()).split()
            self._make_entry(kind, self.files / name, *rest)
        for path in (self.root / "program.py", self.root / "restrictions"):
            path.chmod(0o644)
        self._hand_over()

    @staticmethod
    def _make_entry(kind: str, path: Path, target: str = "") -> None:
        if kind == "link":
            path.symlink_to(target)
        elif kind == "hardlink":
            path.hardlink_to(target)
        elif kind == "fifo":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
        else:
            with socket.socket(socket.AF_UNIX) as made:
                made.bind(str(path))

    def arguments(self, program: Program) -> list[str]:
        """Arguments of the program; full Python gets everything it could want."""
        template = program.arguments
        if program.kind == "full":
            template = "{proof} {secret} {canary} {tcp} {victim} {unix}"
        return [word.format(**self.words()) for word in template.split()]

    def breaches(self) -> list[str]:
        """What was touched outside."""
        found = []
        whole = self.secret.is_file() and self.secret.stat().st_mode & 0o777 == 0o644
        if not whole or self.secret.read_text() != self.secret_text:
            found.append("the secret file was changed")
        if entries := sorted(path.name for path in self.proof.iterdir()):
            found.append(f"made outside: {entries}")
        if self._was_greeted():
            found.append("a datagram reached a service")
        if any(_was_visited(server) for server in self._servers):
            found.append("a connection reached a service")
        if self._victim.poll() is not None:
            found.append("a process outside was killed")
        return found

    def _was_greeted(self) -> bool:
        """True when a program's word arrived; others' stray datagrams are nobody's doing."""
        with contextlib.suppress(BlockingIOError):
            while True:
                if self._udp.recv(100) == GREETING:
                    return True
        return False


def _was_visited(server: socket.socket) -> bool:
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


class Receiver:
    """Counts what arrives at the UDP port that flooding programs send to.

    Args:
        wanted: False when nobody needs to count.
    """

    def __init__(self, *, wanted: bool) -> None:
        self.bytes = 0
        """Bytes that arrived, with what each datagram costs beside its own."""
        self._wanted = wanted
        self._over = threading.Event()

    def __enter__(self) -> "Receiver":
        if self._wanted:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.bind(("127.0.0.1", FLOODED_PORT))
            self._socket.settimeout(0.1)
            self._thread = threading.Thread(target=self._receive, daemon=True)
            self._thread.start()
        return self

    def _receive(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(TimeoutError):
                self.bytes += len(self._socket.recv(65535)) + _UDP_HEADER

    def __exit__(self, *parts: object) -> None:
        if self._wanted:
            self._over.set()
            self._thread.join()
            self._socket.close()
