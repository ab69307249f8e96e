"""The process outside the jail that starts one vessel, watches it, ends it and says why.

Forked by the zygote, in a session of its own, it depends on nobody: a node manager that dies
finds it again through the socket in the vessel's folder. When it dies itself, the kernel
kills its vessel. It is also the vessel's broker (`broker/`): what both use together is the
vessel's CPU.
"""

import contextlib
import os
import resource
import signal
import socket
import time
import traceback
from pathlib import Path

import msgspec

from seattle_p2p.vessel import cpu_alarm, endings, program
from seattle_p2p.vessel.broker.core import Broker
from seattle_p2p.vessel.broker.files import Files
from seattle_p2p.vessel.broker.host import Host
from seattle_p2p.vessel.broker.log import Log
from seattle_p2p.vessel.broker.meters import Meters
from seattle_p2p.vessel.broker.network import Network
from seattle_p2p.vessel.broker.tcp import Tcp
from seattle_p2p.vessel.control import Launch
from seattle_p2p.vessel.folder import VesselFolder
from seattle_p2p.vessel.jail import layers as jail_layers
from seattle_p2p.vessel.jail import libc
from seattle_p2p.vessel.jail.limits import beyond_grant
from seattle_p2p.vessel.jail.spawn import Child, spawn
from seattle_p2p.vessel.log_ring import LogRing
from seattle_p2p.vessel.loop import Loop
from seattle_p2p.vessel.managers import Managers
from seattle_p2p.vessel.one_core import OneCore
from seattle_p2p.vessel.places import LOG, NOTE, STATUS
from seattle_p2p.vessel.plain_output import PlainOutput
from seattle_p2p.vessel.program_text import ProgramText
from seattle_p2p.vessel.restrictions import parse_restrictions
from seattle_p2p.vessel.status import (
    Cause,
    State,
    Usage,
    VesselStatus,
    write_status,
)
from seattle_p2p.vessel.surrounding import Surrounding
from seattle_p2p.vessel.watch import Watch

_START_UP_OVER_S = 2.0
"""Seconds for which the control group leaves room for a program's start."""


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
        self._group = Surrounding(self._limits, wanted="cgroups" not in launch.without)
        self._output: PlainOutput | None = None
        self._over = False
        self._ready = False
        self._line = line
        self._watch: Watch | None = None
        self._broker: Broker | None = None

    def run(self) -> None:
        """Start the vessel and stay until its end."""
        self._catch_signals()
        self._program = ProgramText(self._launch, self._open_folder)
        child = None if self._program.problem else self._spawn()
        self._open(child)
        if child is None:
            lines = self._program.lines
            cause: Cause = "refused" if lines else "error"
            self._finish("ended", cause, self._program.problem, lines)
            return
        try:
            self._loop.run()
        except Exception:
            note = traceback.format_exc()
            with contextlib.suppress(OSError):
                (self._state_dir / NOTE).write_text(note)
            self._finish("ended", "internal", note.strip().splitlines()[-1])

    # -- beginning -----------------------------------------------------------------------

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
            self._group.put_around(child.pid)
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
                rate = self._limits.amount("lograte")
                self._output = PlainOutput(loop, child.output, self._log, rate)
        write_status(self._state_dir / STATUS, self._status)
        self._managers.listen()
        self._managers.add(self._line)

    def _note_group(self) -> None:
        """Name the control group among the layers once it holds."""
        layers = self._status.layers
        if self._group.holds and layers and "cgroups" not in layers:
            layers = ("cgroups", *layers)
            self._status = msgspec.structs.replace(self._status, layers=layers)

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
        self._loop.call_later(_START_UP_OVER_S, self._group.end_start_up)
        self._status = msgspec.structs.replace(self._status, layers=held)
        if not jail_layers.enough(held) and not self._launch.accept_weak:
            missing = ", ".join(sorted(jail_layers.ENOUGH - set(held)))
            self._finish("ended", "weak", f"this machine cannot contain programs: no {missing}")
            return None
        assert self._watch is not None
        self._watch.begin()
        return self._program.job()

    def text(self, offset: int) -> bytes:
        """A piece of the program's text, and behind it of its layers'."""
        return self._program.piece(offset)

    def on_begun(self) -> None:
        """The text is not needed any more."""
        self._program.forget()

    def on_ended(self, cause: str, line: int, summary: str, details: str) -> None:
        """The program says it is over; only what a program can know is believed."""
        named = endings.CAUSES_A_PROGRAM_MAY_NAME.get(cause)
        if named is None:
            self.on_nonsense()
            return
        words = endings.one_line(summary[:1000])
        self._finish("ended", named, words, max(line, 0), details[:16384])

    def on_worked(self) -> None:
        """What the broker does counts as the vessel's."""
        if self._watch is not None and not self._over:
            self._watch.on_worked()
            self._core.on_calls()

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
        self._group.settle()
        self._note_group()
        if self._watch is not None:
            died = self._watch.end()
            if cause == "crash":
                cause, text = self._explain(died)
        self._group.remove()
        if self._broker is not None:
            self._broker.close()
        if self._output is not None:
            self._output.drain()
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

    def _explain(self, died: int | None) -> tuple[Cause, str]:
        if self._group.ran_out_of_memory():
            return "memory", f"more than the {self._limits.memory} bytes granted"
        return endings.why_silent(died, language=self._launch.language)


def _own_address_space() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
