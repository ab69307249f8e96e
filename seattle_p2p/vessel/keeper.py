"""The process outside the jail that starts one vessel, watches it, ends it and says why.

Forked by the zygote, in a session of its own, it depends on nobody: a node manager that dies
finds it again through the socket in the vessel's folder. When it dies itself, the kernel
kills its vessel. It is also the vessel's broker (`broker/`): what both use together is the
vessel's CPU.
"""

import contextlib
import fcntl
import os
import resource
import signal
import socket
import threading
import time
import traceback
from pathlib import Path

import msgspec

from seattle_p2p.errors import SeattleError
from seattle_p2p.vessel import cpu_alarm, program
from seattle_p2p.vessel.broker.core import Broker, Host
from seattle_p2p.vessel.broker.files import Files
from seattle_p2p.vessel.broker.log import Log
from seattle_p2p.vessel.broker.meters import Meters
from seattle_p2p.vessel.broker.network import Network
from seattle_p2p.vessel.broker.tcp import Tcp
from seattle_p2p.vessel.control import Launch
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.jail import cgroups, libc
from seattle_p2p.vessel.jail import layers as jail_layers
from seattle_p2p.vessel.jail.limits import beyond_grant
from seattle_p2p.vessel.jail.spawn import Child, spawn
from seattle_p2p.vessel.log_ring import LogRing
from seattle_p2p.vessel.loop import Loop
from seattle_p2p.vessel.managers import Managers
from seattle_p2p.vessel.one_core import OneCore
from seattle_p2p.vessel.places import LOCK, LOG, NOTE, STATUS
from seattle_p2p.vessel.requests import PIECE
from seattle_p2p.vessel.restrictions import parse_restrictions
from seattle_p2p.vessel.status import (
    Cause,
    State,
    Usage,
    VesselStatus,
    read_status,
    write_status,
)
from seattle_p2p.vessel.throttle import START_UP_S
from seattle_p2p.vessel.watch import Watch

MAX_PROGRAM_BYTES = 1024 * 1024
"""A program's text: a thousand times what people write."""

_LEAVING_S = 3.0

_START_UP_OVER_S = 2.0
"""Seconds for which the control group leaves room for a program's start."""

_CAUSES_A_PROGRAM_MAY_NAME = frozenset({"done", "error", "refused", "memory"})


def main(launch: Launch, line: socket.socket) -> None:
    """Keep one vessel for one run; returns when it is over."""
    os.setsid()
    libc.set_name(f"keeper {launch.vessel_id}")
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    state_dir = Path(launch.state_dir)
    try:
        lock = _take_lock(state_dir)
        if lock < 0 or read_status(state_dir / STATUS).run_id == launch.run_id:
            return  # another keeper has the vessel, or had it for this very run
        Keeper(launch, line).run()
    except Exception:
        with contextlib.suppress(OSError):
            (state_dir / NOTE).write_text(traceback.format_exc())
        raise


def _take_lock(state_dir: Path) -> int:
    """The vessel's lock, held as long as this process lives; -1 when a keeper is at work.

    One that has just ended its vessel may still be on its way out: it is waited for.
    """
    fd = os.open(state_dir / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    until = time.monotonic() + _LEAVING_S
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return fd
        except BlockingIOError:
            if read_status(state_dir / STATUS).running or time.monotonic() > until:
                return -1
        time.sleep(0.002)


class Keeper(Host):
    """One vessel's run."""

    def __init__(self, launch: Launch, line: socket.socket) -> None:
        self._launch = launch
        self._state_dir = Path(launch.state_dir)
        self._limits = parse_restrictions(launch.restrictions)
        self._loop = Loop()
        self._status = VesselStatus(
            state="started",
            run_id=launch.run_id,
            program=launch.program,
            started_at=time.time(),
        )
        self._text = b""
        self._over = False
        self._ready = False
        self._line = line
        self._watch: Watch | None = None
        self._broker: Broker | None = None
        self._group: cgroups.Group | None = None
        self._surrounded = False

    def run(self) -> None:
        """Start the vessel and stay until its end."""
        self._catch_signals()
        problem = self._read_program()
        child = self._spawn() if not problem else None
        self._open(child)
        if child is None:
            line = self._text.count(b"\n") + 1 if self._text else 0
            self._finish("ended", "refused" if self._text else "error", problem, line)
            return
        try:
            self._loop.run()
        except Exception:
            note = traceback.format_exc()
            with contextlib.suppress(OSError):
                (self._state_dir / NOTE).write_text(note)
            self._finish("ended", "internal", note.strip().splitlines()[-1])

    # -- beginning -----------------------------------------------------------------------

    def _read_program(self) -> str:
        """Read the program's text; returns what is wrong with it, if anything."""
        launch = self._launch
        try:
            if launch.program_path:
                with Path(launch.program_path).open("rb") as file:
                    self._text = file.read(MAX_PROGRAM_BYTES + 1)
            else:
                with self._open_folder() as folder:
                    self._text = folder.read(launch.program, MAX_PROGRAM_BYTES + 1)
        except (OSError, SeattleError) as error:
            words = error.strerror if isinstance(error, OSError) else error.message
            return f"the program cannot be read: {words}"
        if len(self._text) > MAX_PROGRAM_BYTES:
            return f"the program is longer than {MAX_PROGRAM_BYTES} bytes"
        return ""

    def _open_folder(self) -> VesselFolder:
        launch = self._launch
        sum_path = Path(launch.sum_path) if launch.sum_path else None
        return VesselFolder(Path(launch.files_dir), self._limits.disk, sum_path)

    def _spawn(self) -> Child:
        launch, limits = self._launch, self._limits
        if not launch.language:
            program.import_for_plain_python()
        threads = limits.count("events") + 1
        confinement = jail_layers.Confinement(
            address_space=_own_address_space() + limits.memory + beyond_grant(threads),
            threads=threads,
            number=os.getpid(),
            without=frozenset(launch.without),
        )
        return spawn(program.main, confinement, with_output=not launch.language)

    def _open(self, child: Child | None) -> None:
        """Open everything the keeper works with; only after the vessel was forked."""
        launch, loop = self._launch, self._loop
        meters = Meters(self._limits, loop.now)
        self._meters = meters
        self._folder = self._open_folder()
        self._managers = Managers(loop, self._state_dir, launch.unattended_s, self)
        self._log = Log(LogRing(self._state_dir / LOG), meters, self._managers.on_log_grew)
        if child is not None:
            libc.prctl(libc.PR_SET_DUMPABLE, 0)
            self._group = self._surround(child.pid)
            self._watch = Watch(loop, child.pid, self._limits, self)
            self._core = OneCore(loop, child.pid)
            network = Network(self._limits, launch.rules, meters)
            self._broker = Broker(
                loop,
                child.channel,
                Files(self._folder, meters),
                network,
                Tcp(self._limits, network.rules, meters),
                self._log,
                meters,
                self,
            )
            if child.output >= 0:
                self._output = child.output
                os.set_blocking(child.output, False)
                loop.watch(child.output, self._on_output)
        write_status(self._state_dir / STATUS, self._status)
        self._managers.listen()
        self._managers.add(self._line)

    def _surround(self, pid: int) -> cgroups.Group | None:
        """Put the vessel into a control group, where the kernel lets us.

        The kernel takes its time over it, ten milliseconds and more: a thread waits for it, and
        the program's first line does not.
        """
        if "cgroups" in self._launch.without:
            return None
        limits = self._limits
        threads = limits.count("events") + 1
        bounds = cgroups.Bounds(limits.cpu, limits.memory, threads, START_UP_S)
        group = cgroups.make(os.getpid(), bounds)
        if group is not None:
            self._surrounding = threading.Thread(target=self._add, args=(group, pid))
            self._surrounding.start()
        return group

    def _add(self, group: cgroups.Group, pid: int) -> None:
        with contextlib.suppress(OSError):
            group.add(pid)
            self._surrounded = group.holds(pid)

    def _note_group(self) -> None:
        """Name the control group among the layers once it holds."""
        layers = self._status.layers
        if self._surrounded and layers and "cgroups" not in layers:
            layers = ("cgroups", *layers)
            self._status = msgspec.structs.replace(self._status, layers=layers)

    def _end_start_up(self) -> None:
        """From now on the kernel holds the vessel to its share alone."""
        if self._group is not None:
            with contextlib.suppress(OSError):
                self._group.set_bounds(starting=False)

    def _catch_signals(self) -> None:
        read, write = os.pipe()
        os.set_blocking(read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write)
        signal.signal(signal.SIGTERM, lambda *_: None)
        signal.signal(cpu_alarm.SIGNAL, lambda *_: None)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self._loop.watch(read, lambda: self._on_signals(os.read(read, 512)))

    def _on_signals(self, numbers: bytes) -> None:
        if signal.SIGTERM in numbers:
            self.stop("SIGTERM to the keeper")
        elif cpu_alarm.SIGNAL in numbers and self._watch is not None:
            self._watch.on_alarm()

    # -- what managers ask ---------------------------------------------------------------

    def status(self) -> VesselStatus:
        """The present state with the usage of this moment."""
        self._note_group()
        if self._watch is not None:
            self._watch.refresh()
        return msgspec.structs.replace(self._status, usage=self._usage())

    def log_end(self) -> int:
        """Bytes ever written to the log."""
        return self._log.end

    def stop(self, by: str) -> None:
        """End the vessel because somebody wants it."""
        self._finish("stopped", "stopped", by)

    def set_paused(self, paused: bool) -> None:
        """Hold the vessel still for as long as somebody wants, or let it go on."""
        if self._over or self._watch is None:
            return
        state: State = "paused" if paused else "started"
        if state != self._status.state:
            self._watch.set_paused(paused)
            self._status = msgspec.structs.replace(self._status, state=state)
            with contextlib.suppress(OSError):
                write_status(self._state_dir / STATUS, self._status)
        self._managers.tell(self.status())

    def on_unattended(self) -> None:
        """No manager was there for too long."""
        seconds = self._launch.unattended_s
        self._finish("ended", "unattended", f"no node manager for {seconds:g} s")

    # -- what the watch sees -------------------------------------------------------------

    def hold(self, held: bool) -> None:
        """The vessel is held still, or goes on: its broker with it."""
        if self._broker is not None and not self._over:
            self._core.let_go()
            self._broker.hold(held)

    def on_overrun(self, cause: Cause, text: str) -> None:
        """More was used than granted."""
        self._finish("ended", cause, text)

    # -- what the broker asks and tells --------------------------------------------------

    def on_ready(self, layers: list[str]) -> object:
        """The jail is closed; the job, if it is closed well enough."""
        if self._ready:
            # Said again by a program that got out of the language: it would begin its CPU and
            # memory accounts anew.
            self.on_nonsense()
            return None
        self._ready = True
        held = tuple(layers)
        self._loop.call_later(_START_UP_OVER_S, self._end_start_up)
        self._status = msgspec.structs.replace(self._status, layers=held)
        if not jail_layers.enough(held) and not self._launch.accept_weak:
            missing = ", ".join(sorted(jail_layers.ENOUGH - set(held)))
            self._finish("ended", "weak", f"this machine cannot contain programs: no {missing}")
            return None
        assert self._watch is not None
        self._watch.begin()
        launch = self._launch
        size, above = len(self._text), [(name, len(text)) for name, text in launch.layers]
        self._text += b"".join(text for _, text in launch.layers)
        return [launch.program, size, list(launch.arguments), launch.language, above]

    def text(self, offset: int) -> bytes:
        """A piece of the program's text, and behind it of its layers'."""
        return self._text[max(offset, 0) :][:PIECE]

    def on_begun(self) -> None:
        """The text is not needed any more."""
        self._text = b""

    def on_ended(self, cause: str, line: int, summary: str, details: str) -> None:
        """The program says it is over; only what a program can know is believed."""
        if cause not in _CAUSES_A_PROGRAM_MAY_NAME:
            self.on_nonsense()
            return
        named: Cause = cause  # type: ignore[assignment]  # one of the four
        self._finish("ended", named, _one_line(summary[:1000]), max(line, 0), details[:16384])

    def on_worked(self) -> None:
        """What the broker does counts as the vessel's."""
        if self._watch is not None and not self._over:
            self._watch.on_worked()
            if not self._meters.held["events"]:
                self._core.on_calls()

    def on_thread(self) -> None:
        """The program is about to have one more thread."""
        self._core.let_go()

    def on_gone(self) -> None:
        """The process is gone, or closed its only way out."""
        self._finish("ended", "crash", "")

    def on_nonsense(self) -> None:
        """The process sent what no program can."""
        self._finish("ended", "protocol", "it sent its broker what no program can")

    def on_disk_full(self, text: str) -> None:
        """The program wrote more than its disk holds."""
        self._finish("ended", "disk", text)

    def cpu_s(self) -> float:
        """CPU used so far, the broker's included."""
        return self._watch.cpu_s if self._watch else 0.0

    def memory(self) -> int:
        """Bytes above an idle vessel."""
        return self._watch.memory if self._watch else 0

    def stops(self) -> list[tuple[float, float]]:
        """The latest times of being held still."""
        return list(self._watch.stops) if self._watch else []

    def _on_output(self) -> None:
        """What plain Python printed goes to the log, at the log's rate: tests only."""
        rate = self._limits.amount("lograte")
        data = os.read(self._output, max(1, min(4096, int(rate))))
        if not data or rate <= 0:
            self._loop.unwatch(self._output)
            return
        self._log.note(data)
        self._loop.unwatch(self._output)
        self._loop.call_later(
            len(data) / rate, lambda: self._loop.watch(self._output, self._on_output)
        )

    # -- end -----------------------------------------------------------------------------

    def _usage(self) -> Usage:
        watch = self._watch
        if watch is None:
            return Usage(disk=self._folder.used_bytes, log=self._log.end)
        return Usage(
            cpu_s=watch.cpu_s,
            memory=watch.memory,
            memory_peak=watch.memory_peak,
            disk=self._folder.used_bytes,
            log=self._log.end,
            calls=self._broker.calls if self._broker else 0,
            threads=watch.threads,
            stopped_s=watch.stopped_s,
        )

    def _finish(
        self, state: State, cause: Cause, text: str, line: int = 0, details: str = ""
    ) -> None:
        """Kill what is left, write down why, tell everybody, leave the loop."""
        if self._over:
            return
        self._over = True
        if self._group is not None:
            self._surrounding.join(_LEAVING_S)
            self._note_group()
        if self._watch is not None:
            died = self._watch.end()
            if cause == "crash":
                state, cause, text = self._explain(died)
        if self._group is not None:
            self._group.remove()
        if self._broker is not None:
            self._broker.close()
        if hasattr(self, "_output"):
            self._drain_output()
        if details:
            self._log.note(details.encode("utf-8", "replace"))
        self._status = msgspec.structs.replace(
            self._status,
            state=state,
            cause=cause,
            text=text,
            line=line,
            ended_at=time.time(),
            usage=self._usage(),
        )
        with contextlib.suppress(OSError):
            write_status(self._state_dir / STATUS, self._status)
        self._managers.say_goodbye(self._status)
        self._loop.stop()

    def _explain(self, died: int | None) -> tuple[State, Cause, str]:
        """What the wait status of a process that went without a word means."""
        if self._group is not None and self._group.ran_out_of_memory():
            return "ended", "memory", f"more than the {self._limits.memory} bytes granted"
        if died is not None and os.WIFEXITED(died) and not self._launch.language:
            code = os.WEXITSTATUS(died)
            return "ended", "done" if code == 0 else "error", f"exit code {code}"
        if died is not None and os.WIFSIGNALED(died):
            name = signal.Signals(os.WTERMSIG(died)).name
            return "ended", "crash", f"the interpreter died with {name}"
        return "ended", "crash", "the interpreter ended without a word"

    def _drain_output(self) -> None:
        """The last words of plain Python, at most a burst of them."""
        with contextlib.suppress(OSError):
            self._log.note(os.read(self._output, int(self._limits.amount("lograte"))))


def _one_line(text: str) -> str:
    """Words for people's terminals, which a program must not be able to command."""
    return "".join(each if each.isprintable() else " " for each in text)


def _own_address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
