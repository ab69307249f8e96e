"""One run of one program that ends with this process: what `seattle exec` does."""

import asyncio
import contextlib
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from seattle_p2p.cli.output import line, note
from seattle_p2p.cli.stopping import StopSignals
from seattle_p2p.errors import NoSuchVessel, UsageError
from seattle_p2p.vessel.control import Launch, NetworkRules
from seattle_p2p.vessel.keepers import Keepers
from seattle_p2p.vessel.resources import Resources
from seattle_p2p.vessel.restrictions import parse_restrictions
from seattle_p2p.vessel.status import OVERRUNS, VesselStatus
from seattle_p2p.vessel.zygote_client import Zygote

EXIT_DONE, EXIT_ERROR, EXIT_USAGE, EXIT_UNSAFE, EXIT_OVERRUN, EXIT_WEAK = range(6)
EXIT_TIMEOUT, EXIT_INTERRUPTED, EXIT_TERMINATED = 124, 130, 143

_TIMEOUT, _INTERRUPT, _TERMINATE = "the timeout", "Ctrl-C", "SIGTERM"
_PART = 64 * 1024
_VESSEL = "exec"


def read_restrictions(path: str) -> Resources:
    """The amounts in a resource file.

    Raises:
        UsageError: It cannot be read, or says something it may not.
    """
    try:
        return parse_restrictions(Path(path).read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from error
    except UsageError as error:
        raise type(error)(f"{path}: {error.message}", hint=error.hint) from None


def read_layers(paths: Sequence[str]) -> list[tuple[str, bytes]]:
    """Name and text of each security layer.

    Raises:
        UsageError: One cannot be read, or is none.
    """
    if not paths:
        return []  # the language is not imported for nothing: it takes a thirtieth of the start
    from seattle_p2p.vessel.layer_files import read_layer

    return [(layer.name, layer.text) for layer in map(read_layer, paths)]


def network_rules(*, testbed: bool, allow_private: bool) -> NetworkRules:
    """What the program's network may reach."""
    return NetworkRules(testbed=testbed, allow_private=allow_private)


def require_program(path: str) -> Path:
    """The program's file.

    Raises:
        UsageError: There is none.
    """
    found = Path(path)
    if not found.is_file():
        raise UsageError(
            f"there is no program {path!r}", hint="give the path of a program file"
        )
    return found


class Foreground:
    """One run that ends with this process.

    Args:
        resources: What the program may use.
        rules: What its network may reach.
        accept_weak: Run even where layers are missing.
        timeout_s: Stop the program after so many seconds.
        layers: Name and text of the security layers, the lowest first.
        zygote: One that is warming up already.
        signals: Tells when this process is to stop.
        launch_with: Last change to the launch; for tests.
    """

    def __init__(
        self,
        resources: Resources,
        rules: NetworkRules,
        *,
        accept_weak: bool,
        timeout_s: float | None = None,
        layers: Sequence[tuple[str, bytes]] = (),
        zygote: Zygote | None = None,
        signals: StopSignals | None = None,
        launch_with: Callable[[Launch], Launch] | None = None,
    ) -> None:
        self._timeout_s = timeout_s
        self._layers = tuple(layers)
        self._zygote = zygote
        self._signals = signals or StopSignals()
        self._resources = resources
        self._rules = rules
        self._accept_weak = accept_weak
        self._launch_with = launch_with

    def run(
        self, program: Path, arguments: tuple[str, ...], folder: str | None, *, as_json: bool
    ) -> VesselStatus:
        """Run to the end, printing the log as it grows; returns how it ended."""
        state = Path(tempfile.mkdtemp(prefix="seattle-exec-"))
        try:
            return asyncio.run(self._run(state, program, arguments, folder, as_json))
        finally:
            self._signals.act_with(None)
            shutil.rmtree(state, ignore_errors=True)

    async def _run(
        self,
        state: Path,
        program: Path,
        arguments: tuple[str, ...],
        folder: str | None,
        as_json: bool,
    ) -> VesselStatus:
        keepers = Keepers(
            state,
            rules=self._rules,
            unattended_s=0.2,
            accept_weak=self._accept_weak,
            zygote=self._zygote,
        )
        keepers.warm_up()
        await keepers.open()
        try:
            keepers.make(_VESSEL)
            loop = asyncio.get_running_loop()
            self._signals.act_with(self._told_to_stop(loop, keepers))
            await keepers.start(
                _VESSEL,
                self._resources,
                program.name,
                arguments,
                "foreground",
                launch_with=lambda launch: self._prepare(launch, program, folder),
            )
            if self._timeout_s is not None:
                loop.call_later(self._timeout_s, self._stopper(keepers, _TIMEOUT))
            await self._print_log(keepers, as_json)
            return keepers.status(_VESSEL)
        finally:
            # It ends anyway; what comes now is only remembered.
            self._signals.act_with(lambda number: None)
            await keepers.stop(_VESSEL, "the end of seattle exec")
            await keepers.close()

    def _told_to_stop(
        self, loop: asyncio.AbstractEventLoop, keepers: Keepers
    ) -> Callable[[int], None]:
        stoppers = {
            signal.SIGINT: self._stopper(keepers, _INTERRUPT),
            signal.SIGTERM: self._stopper(keepers, _TERMINATE),
        }

        def stop(number: int) -> None:
            loop.call_soon_threadsafe(stoppers[signal.Signals(number)])

        return stop

    def _stopper(self, keepers: Keepers, by: str) -> Callable[[], None]:
        tasks: set[asyncio.Task[None]] = set()

        async def stop() -> None:
            with contextlib.suppress(NoSuchVessel):  # it was over already
                await keepers.stop(_VESSEL, by)

        return lambda: tasks.add(asyncio.ensure_future(stop()))

    def _prepare(self, launch: Launch, program: Path, folder: str | None) -> Launch:
        files = launch.files_dir if folder is None else str(Path(folder).absolute())
        launch = msgspec.structs.replace(
            launch,
            layers=self._layers,
            program_path=str(program.absolute()),
            files_dir=files,
            sum_path=str(Path(launch.state_dir) / "sum"),
        )
        return self._launch_with(launch) if self._launch_with else launch

    async def _print_log(self, keepers: Keepers, as_json: bool) -> None:
        offset = 0
        while True:
            running = keepers.status(_VESSEL).running
            part = keepers.read_log(_VESSEL, offset, _PART)
            if part.data:
                self._print(part.data, as_json)
                offset = part.start + len(part.data)
            elif running:
                await keepers.wait_log(_VESSEL, offset)
            else:
                return

    def _print(self, data: bytes, as_json: bool) -> None:
        if as_json:
            line({"log": data.decode("utf-8", "replace")})
            return
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def tell(status: VesselStatus, *, as_json: bool) -> int:
    """Say how it ended; the exit code that goes with it."""
    code = exit_code(status)
    if as_json:
        line({"end": msgspec.to_builtins(status), "exit": code})
    if words := in_words(status):
        note(words)
    return code


def exit_code(status: VesselStatus) -> int:
    """The exit code for an end."""
    if status.cause in OVERRUNS:
        return EXIT_OVERRUN
    by_whom = {_TIMEOUT: EXIT_TIMEOUT, _TERMINATE: EXIT_TERMINATED}
    by_cause = {
        "done": EXIT_DONE,
        "refused": EXIT_UNSAFE,
        "weak": EXIT_WEAK,
        "stopped": by_whom.get(status.text, EXIT_INTERRUPTED),
    }
    return by_cause.get(status.cause, EXIT_ERROR)


def in_words(status: VesselStatus) -> str:
    """One line about an end; empty when there is nothing to say."""
    if status.cause == "done":
        return ""
    where = f" (line {status.line})" if status.line else ""
    headings = {
        "error": "the program failed",
        "refused": "refused as unsafe",
        "crash": "the program's interpreter crashed",
        "stopped": "stopped by",
        "weak": "not run",
        "lost": "the keeper was lost",
        "internal": "our own mistake",
    }
    if status.cause in OVERRUNS:
        heading = f"stopped for exceeding its {status.cause}"
    else:
        heading = headings.get(status.cause, status.cause)
    return f"{heading}{where}: {status.text}" if status.text else heading + where


def require_writable(path: str) -> None:
    """Accept a path that can be written to; a file that is there stays as it is.

    Raises:
        UsageError: It cannot.
    """
    there = Path(path).exists()
    try:
        with Path(path).open("ab"):
            pass
        if not there:
            Path(path).unlink()
    except OSError as error:
        raise UsageError(
            f"the report {path} cannot be written: {error.strerror}", hint="name another file"
        ) from error


def write_report(path: str, status: VesselStatus) -> None:
    """Write how a run ended, what it used and which layers held, as one JSON document.

    Raises:
        UsageError: The file cannot be written.
    """
    document = msgspec.to_builtins(status) | {"exit": exit_code(status)}
    try:
        Path(path).write_text(json.dumps(document, indent=2) + "\n", "utf-8")
    except OSError as error:
        raise UsageError(f"the report cannot be written: {error}") from error
