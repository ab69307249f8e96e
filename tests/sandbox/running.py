"""Runs one program of the corpus and judges it from outside its process.

Whatever stands around the run and was touched (`stage`), any `ESCAPED:` that comes out, and
using more than was granted is a breach; so is a process that stays.
"""

import atexit
import contextlib
import fcntl
import functools
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from tests.sandbox.corpus import Program
from tests.sandbox.stage import Receiver, Stage
from tests.sandbox.watching import Watcher

ROOT = Path(__file__).resolve().parents[2]

EXAMPLES = ROOT / "seattle_p2p" / "examples"

PATHS = (str(ROOT), *(path for path in sys.path if "site-packages" in path))
"""Where whoever runs a program finds us and what we need."""

MARKS = ("ESCAPED:", "the check let it pass")
"""What a program says when it got what it must not get."""

SECRET_NAME = "SEATTLE_CORPUS_SECRET"
"""Stands in the environment of whoever starts the run; no program may see it."""

MEMORY_MARGIN = 20_000_000
"""Bytes a program's memory may peak above its grant before it is stopped."""

MEMORY_MARGIN_BY_EYE = 200_000_000
"""The same without rlimits, when somebody has to look and stop it in time."""

_IDLE_MEMORY = 17_000_000
_IDLE_MEMORY_FULL = 26_000_000
"""Resident bytes of a vessel that does nothing, pages it shares with the zygote included; more
for full Python, which reads files of modules itself."""

_OFTEN_S, _SELDOM_S = 0.04, 0.2
"""Between two looks at a program's processes: often where memory and CPU are at stake."""

VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"

NOBODY = 65534
"""A plain user on every system."""

_BARE_S = 3.0
"""Seconds that a program may run bare: long enough for its proof."""

_BURST_S = 2.0
"""Seconds' worth of a rate that may come out at once."""

_GONE_WITHIN_S = 2.0
"""A vessel is gone this long after SIGTERM; twice what is promised, for runs side by side."""

_VESSEL_PORT = re.compile(r"\b631\d\d\b")
_PORT_LOCK = Path(tempfile.gettempdir()) / "seattle-corpus-ports.lock"


@dataclass
class Outcome:
    """What came of a run."""

    verdict: str = ""
    line: int = 0
    log: str = ""
    notes: str = ""
    code: int | None = None
    breaches: list[str] = field(default_factory=list)
    seconds: float = 0.0
    cpu_share: float = 0.0
    peak: int = 0
    log_bytes: int = 0
    udp_bytes: int = 0

    def matches(self, expect: Sequence[str]) -> bool:
        """True when the verdict is one of `expect`; ``stopped`` stands for all of its kind."""
        return self.verdict in expect or self.verdict.split()[0] in expect

    def __str__(self) -> str:
        """All of it, for the message of a failed test."""
        return (
            f"verdict {self.verdict!r} (exit {self.code}, line {self.line}) after "
            f"{self.seconds:.2f} s, cpu share {self.cpu_share:.3f}, peak {self.peak}\n"
            f"breaches: {self.breaches}\nlog: {self.log[:2000]!r}\nnotes: {self.notes[-2000:]}"
        )


def run_in_vessel(program: Program, *, user: int | None = None) -> Outcome:
    """Run a program through `seattle exec` and judge it."""
    command = ["seattle_p2p.cli.main", "exec", "--json"]
    if program.layer:
        command += ["--layer", str(EXAMPLES / f"{program.layer}.r2py")]
    return _run(program, command, user=user)


def run_full_python(
    program: Program, *, without: Sequence[str] = (), user: int | None = None
) -> Outcome:
    """Run plain Python inside every layer but the language, and `without`."""
    command = ["tests.sandbox.run_full_python", "--json"]
    for layer in without:
        command += ["--without", layer]
    margin = MEMORY_MARGIN_BY_EYE if "rlimits" in without else MEMORY_MARGIN
    return _run(program, command, user=user, margin=margin)


def run_bare(program: Program, *, mode: str = "") -> Outcome:
    """Run a program with nothing around it; its breaches are its proofs.

    Root turns into nobody first, unless the program needs root for its proof: nothing else
    stands between such a program and the machine.

    Args:
        program: Any program.
        mode: ``"--language"`` puts the language's wall around it, and no other.

    Raises:
        PermissionError: `why_not_bare` has the reason.
    """
    if reason := why_not_bare(program):
        raise PermissionError(reason)
    user = NOBODY if os.geteuid() == 0 and program.control != "root" else None
    mode = "--full" if program.kind == "full" else mode
    command = ["tests.sandbox.bare", *([mode] if mode else [])]
    short = replace(program, seconds=min(program.seconds, _BARE_S))
    return _run(short, command, user=user, bare=True)


def why_not_bare(program: Program) -> str:
    """Why a program may not be run bare here; empty when it may."""
    if not program.runs_here:
        return "written for another machine"
    if program.control == "root":
        return "" if os.geteuid() == 0 else "only root gets this far"
    if os.geteuid() == 0 and not can_run_as(NOBODY):
        return "root runs no hostile program bare, and nobody finds an interpreter to run it"
    return ""


def _run(
    program: Program,
    command: list[str],
    *,
    user: int | None = None,
    bare: bool = False,
    margin: int = MEMORY_MARGIN,
) -> Outcome:
    with (
        _ports(program),
        Stage(user) as stage,
        Receiver(wanted=program.udprate >= 0) as receiver,
    ):
        stage.prepare(program)
        whole = [_interpreter(user), "-m", *command]
        whole += ["--restrictions", str(stage.root / "restrictions"), "--dir", str(stage.files)]
        whole += [str(stage.root / "program.py"), *stage.arguments(program)]
        if program.network == "none":
            whole = _without_network(whole, user)
        outcome = _watch(program, whole, stage, bare=bare)
        outcome.udp_bytes = receiver.bytes
        outcome.breaches += stage.breaches()
        outcome.breaches += _words_of(program, outcome, stage)
        outcome.breaches += _overruns(program, outcome, stage, margin)
    return outcome


def can_run_as(user: int) -> bool:
    """True when root is here to turn into `user`, who can read an interpreter and all of us."""
    return os.geteuid() == 0 and bool(_interpreter(user))


@functools.cache
def _interpreter(user: int | None) -> str:
    """An interpreter of our version that `user` may run; empty when there is none.

    Ours may lie in a folder of root's alone, and so may this very checkout. Then the system's
    interpreter is taken, or else a copy of ours, and a copy of what it has to find.
    """
    if user is None:
        return sys.executable
    folder = Path(tempfile.mkdtemp(prefix="seattle-stage-python-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ways = (sys.executable, f"/usr/bin/{VERSION}", f"/usr/local/bin/{VERSION}")
    for path in ways:
        if made := _environment(folder / "env", path, PATHS, user):
            return made
    paths = _copy_of_ours(folder / "ours")
    for path in (*ways, _copy_of_interpreter(folder / "base")):
        if made := _environment(folder / "env", path, paths, user):
            return made
    return ""


def _environment(folder: Path, path: str, paths: Sequence[str], user: int) -> str:
    """An environment of the interpreter at `path` that finds `paths`; empty if unusable."""
    made = folder / "bin" / "python"
    packages = folder / "lib" / VERSION / "site-packages" / "ours.pth"
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        _run_quietly([path, "-m", "venv", "--clear", "--without-pip", str(folder)])
        packages.write_text("\n".join(paths) + "\n")
        _run_quietly([str(made), "-c", "import tests.sandbox.run_full_python"], user)
        return str(made)
    return ""


def _copy_of_ours(folder: Path) -> list[str]:
    """This checkout's packages and everything installed, where everybody may read them."""
    for name in ("seattle_p2p", "tests"):
        _link_tree(ROOT / name, folder / "checkout" / name)
    installed = [Path(path) for path in PATHS[1:]]
    for number, path in enumerate(installed):
        _link_tree(path, folder / f"installed-{number}")
    return [str(place) for place in sorted(folder.iterdir())]


def _copy_of_interpreter(folder: Path) -> str:
    """Our interpreter and its library, where everybody may read them."""
    binary = folder / "bin" / VERSION
    binary.parent.mkdir(parents=True)
    _link(os.path.realpath(sys.executable), binary)
    _link_tree(Path(os.__file__).parent, folder / "lib" / VERSION)
    for library in (Path(sys.base_prefix) / "lib").glob("libpython*"):
        _link(library, folder / "lib" / library.name)
    return str(binary)


def _link_tree(source: Path, target: Path) -> None:
    leave_out = shutil.ignore_patterns("__pycache__", "site-packages", "idlelib", "tkinter")
    shutil.copytree(source, target, symlinks=True, ignore=leave_out, copy_function=_link)


def _link(source: str | Path, target: str | Path) -> None:
    """A second name for a file, or a copy where the file system is another."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _run_quietly(command: list[str], user: int | None = None) -> None:
    groups = None if user is None else []
    subprocess.run(
        command,
        cwd="/",
        env={},
        user=user,
        group=user,
        extra_groups=groups,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=30,
        check=True,
    )


@contextlib.contextmanager
def _ports(program: Program) -> Iterator[None]:
    """Programs that use the network have the same ports: one at a time."""
    if program.kind != "network" and not _VESSEL_PORT.search(program.body):
        yield
        return
    with _PORT_LOCK.open("w") as lock:
        with contextlib.suppress(OSError):
            _PORT_LOCK.chmod(0o666)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _without_network(command: list[str], user: int | None) -> list[str]:
    """In a network of its own, so that nothing leaves this machine whatever happens."""
    as_root = os.geteuid() == 0 and user is None
    own = ["unshare", "--net"] if as_root else ["unshare", "--user", "-c", "--net"]
    return [*own, "sh", "-c", "ip link set lo up; exec " + shlex.join(command)]


def _watch(program: Program, command: list[str], stage: Stage, *, bare: bool) -> Outcome:
    environment = os.environ | {SECRET_NAME: stage.secret_text, "PYTHONPATH": str(ROOT)}
    outcome = Outcome()
    with (
        stage.secret.open() as inherited,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        begun = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=stage.root,
            env=environment,
            stdin=inherited,
            stdout=out,
            stderr=err,
            pass_fds=(inherited.fileno(),),
            start_new_session=True,
            user=stage.user,
            group=stage.user,
            extra_groups=None if stage.user is None else [],
        )
        often = program.kind in ("resource", "full") or bare
        watcher = Watcher(process.pid, 0 if bare else 2, _OFTEN_S if often else _SELDOM_S)
        watcher.start()
        asked = _wait(process, program, outcome)
        watcher.finish()
        outcome.seconds = time.monotonic() - begun
        _read(outcome, out, err, raw=bare)
    outcome.code = process.returncode
    outcome.peak, outcome.cpu_share = watcher.peak, watcher.share()
    if asked and outcome.code == 143:
        outcome.verdict = "alive"
    limit = time.monotonic() + _GONE_WITHIN_S
    while watcher.left() and time.monotonic() < limit:
        time.sleep(0.02)
    if left := watcher.left():
        outcome.breaches.append(f"still there: {left}")
    return outcome


def _wait(process: "subprocess.Popen[bytes]", program: Program, outcome: Outcome) -> bool:
    """Wait for the end; when its time is over, ask it to end. True when it was asked."""
    try:
        process.wait(timeout=program.seconds)
        return False
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
    asked = time.monotonic()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    taken = time.monotonic() - asked
    if taken > _GONE_WITHIN_S:
        outcome.breaches.append(f"gone only {taken:.1f} s after SIGTERM")
    return True


def _read(outcome: Outcome, out: BinaryIO, err: BinaryIO, *, raw: bool) -> None:
    """Take log, cause and line from what was written."""
    out.seek(0)
    err.seek(0)
    outcome.notes = err.read().decode("utf-8", "replace")
    printed = out.read().decode("utf-8", "replace")
    if raw:
        outcome.verdict, outcome.log, outcome.log_bytes = "bare", printed, len(printed)
        return
    log, end = [], None
    for text in printed.splitlines():
        try:
            said = json.loads(text)
        except ValueError:
            outcome.notes += f"\nnot JSON: {text[:300]!r}"
            continue
        if "log" in said:
            log.append(said["log"])
        elif "end" in said:
            end = said
    outcome.log = "".join(log)
    outcome.log_bytes = len(outcome.log.encode())
    if end is None:
        outcome.verdict = "no verdict"
        return
    cause = end["end"]["cause"]
    outcome.line = end["end"]["line"]
    outcome.notes += f"\n{cause}: {end['end']['text']}"
    outcome.verdict = {0: "ends", 3: "refused", 4: f"stopped {cause}"}.get(end["exit"], cause)


def _words_of(program: Program, outcome: Outcome, stage: Stage) -> list[str]:
    """Marks, secrets and paths of the donor in what came out."""
    found = [mark for mark in MARKS if mark in outcome.log]
    if stage.secret_text in outcome.log or stage.secret_text in outcome.notes:
        found.append("the secret came out")
    paths = [str(ROOT), "site-packages", "seattle_p2p/"]
    if program.kind != "full" and not program.arguments:  # others were told where they are
        paths.append(str(stage.root))
    found += [f"the log shows {path}" for path in paths if path in outcome.log]
    if "\x1b" in outcome.notes or "\x9b" in outcome.notes:
        found.append("its end commands a terminal")
    if "Traceback (most recent call last)" in outcome.notes:
        found.append("a traceback of ours")
    return found


def _overruns(program: Program, outcome: Outcome, stage: Stage, margin: int) -> list[str]:
    """More than was granted, as seen from outside."""
    found = []
    idle = _IDLE_MEMORY_FULL if program.kind == "full" else _IDLE_MEMORY
    if outcome.peak > (most := program.granted("memory") + margin + idle):
        found.append(f"memory peaked at {outcome.peak}, more than {most:.0f}")
    if program.cpu and outcome.cpu_share > 1.25 * program.cpu + 0.03:
        found.append(f"used {outcome.cpu_share:.3f} of a core, granted {program.cpu}")
    seconds = outcome.seconds + _BURST_S
    if program.lograte and outcome.log_bytes > program.lograte * seconds:
        found.append(f"{outcome.log_bytes} bytes of log in {outcome.seconds:.1f} s")
    if program.udprate >= 0 and outcome.udp_bytes > program.udprate * seconds:
        found.append(f"{outcome.udp_bytes} bytes sent in {outcome.seconds:.1f} s")
    entries = list(stage.files.iterdir())
    used = sum(path.lstat().st_size for path in entries if path.is_file())
    if not program.folder and used > program.granted("diskused"):
        found.append(f"{used} bytes on disk")
    if program.files and len(entries) > program.files:
        found.append(f"{len(entries)} files")
    return found
