"""Main of the jailed process: take the program from the broker, compile it, run it.

Everything in this process may fall into the program's hands; nothing here is trusted by the
keeper beyond the report that the jail was closed, which is sent before the program is read.
"""

import _thread
import importlib
import os
import signal
import socket
import sys
import time
import unicodedata  # the parser imports it for identifiers beyond ASCII
from types import CodeType
from typing import NoReturn

import msgspec

from seattle_p2p.errors import ProgramRefused
from seattle_p2p.vessel import requests as asks
from seattle_p2p.vessel.calls import Calls
from seattle_p2p.vessel.guards import format_guard
from seattle_p2p.vessel.jail.limits import THREAD_STACK
from seattle_p2p.vessel.language import compile_program
from seattle_p2p.vessel.link import Link
from seattle_p2p.vessel.requests import Ended, Job, Request
from seattle_p2p.vessel.security_layers import LayerFault, stack
from seattle_p2p.vessel.tracebacks import Texts, clean, describe, line_of, summarise
from seattle_p2p.vessel.virtual import Runner, context_over

_FOR_PLAIN_PYTHON = (
    "ctypes",
    "fcntl",
    "glob",
    "mmap",
    "multiprocessing",
    "pty",
    "resource",
    "select",
    "shutil",
    "signal",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "urllib.request",
)

_MAX_DETAILS = 16_000
"""Characters of a traceback; four bytes each still fit one packet."""

_COMPILE_DEPTH = 10_000
"""Python frames while a program is checked; the check itself bounds the nesting."""


def main(channel: socket.socket, layers: tuple[str, ...]) -> NoReturn:
    """Run the one program that the broker has for us; ends the process."""
    _thread.stack_size(THREAD_STACK)
    signal.set_wakeup_fd(-1)
    run = _Run(Link(channel))
    try:
        run.all(layers)
    except MemoryError:
        run.end("memory", 0, "memory ran out", "")
    except BaseException as error:
        run.failed(error)
    os._exit(0)


def rehearse() -> None:
    """Go once through everything that is imported or filled on first use, before the jail."""
    compile_program("class A:\n    x = [i for i in range(3)]\nlog(f'{A.x!r}')\n", "rehearsal")
    try:
        compile_program("import os\n", "rehearsal")
    except ProgramRefused as refusal:
        describe(refusal, {})
    format_guard("{0:>4}", "format")
    unicodedata.normalize("NFKC", "é")


def import_for_plain_python() -> None:
    """What test programs in plain Python import; nothing can be imported in the jail."""
    for module in _FOR_PLAIN_PYTHON:
        importlib.import_module(module)


class _Run:
    """One program from its text to its end."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._texts: Texts = {}
        self._over = _thread.allocate_lock()

    def all(self, layers: tuple[str, ...]) -> None:
        """Fetch, check, run, wait for threads, say that it is over."""
        number = self._link.number()
        job = msgspec.convert(self._ask(asks.Ready(number, list(layers))), Job)
        text = self._fetch(job.size + sum(size for _, size in job.layers))
        if job.language:
            self._run_program(text, job)
        else:
            self._run_python(text, job)
        self.end("done", 0, "", "")

    def _run_program(self, text: bytes, job: Job) -> None:
        runner = Runner(self._texts)
        code = self._compile(runner, text[: job.size], job.program)
        layers, begin = [], job.size
        for name, size in job.layers:
            layers.append((name, text[begin : begin + size]))
            begin += size
        calls = Calls(self._link, self.failed, runner, time.monotonic())
        names = self._above_layers(runner, calls.names(), layers)
        names |= {
            "callargs": list(job.arguments),
            "callfunc": "initialize",
            "mycontext": {},
            "_context": context_over(names),
        }
        # What a long number's text costs is the program's own CPU, which is bounded anyway.
        sys.set_int_max_str_digits(0)
        self._ask(asks.Begun(self._link.number()))
        runner.run(code, names)
        calls.wait_for_threads()

    def _above_layers(
        self, runner: Runner, names: dict[str, object], layers: list[tuple[str, bytes]]
    ) -> dict[str, object]:
        try:
            return stack(runner, names, layers)
        except ProgramRefused as refusal:
            self.end(
                "refused", 0, f"security layer, line {refusal.line}: {refusal.message}", ""
            )
        except LayerFault as fault:
            self.end("refused", 0, str(fault), "")

    def _fetch(self, size: int) -> bytes:
        text = b""
        while len(text) < size:
            piece = self._ask(asks.Fetch(self._link.number(), len(text)))
            assert isinstance(piece, bytes)
            text += piece
        return text

    def _compile(self, runner: Runner, text: bytes, name: str) -> CodeType:
        usual = sys.getrecursionlimit()
        sys.setrecursionlimit(_COMPILE_DEPTH)
        try:
            return runner.compile(text, name)
        except ProgramRefused as refusal:
            self.end("refused", refusal.line, refusal.message, "")
        except MemoryError:
            self.end("refused", 0, "checking the program takes more memory than it has", "")
        finally:
            sys.setrecursionlimit(usual)

    def _run_python(self, text: bytes, job: Job) -> None:
        """Plain Python behind every wall but the language: tests only."""
        sys.argv = [job.program, *job.arguments]
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # real files
        self._texts[job.program] = text.decode("utf-8", "replace").splitlines()
        self._ask(asks.Begun(self._link.number()))
        exec(compile(text, job.program, "exec"), {"__name__": "__main__"})

    def failed(self, error: BaseException) -> None:
        """A thread of the program ended with an exception that nobody caught."""
        line = line_of(error, self._texts)
        if isinstance(error, MemoryError):
            self.end("memory", line, "memory ran out", "")
        if isinstance(error, SystemExit) and not error.code:
            self.end("done", 0, "", "")
        told = "Uncaught exception!\n" + describe(error, self._texts)
        self.end("error", line, summarise(error), told)

    def end(self, cause: str, line: int, summary: str, details: str) -> NoReturn:
        """Say why it is over; the first thread to say so is believed."""
        message = Ended(0, cause, line, clean(summary, 500), clean(details, _MAX_DETAILS))
        self._over.acquire()
        try:
            self._link.tell(message)
        except BaseException:
            os._exit(1)
        while True:
            time.sleep(1000)

    def _ask(self, request: Request) -> object:
        reply = self._link.ask(request)
        assert isinstance(reply, asks.Answer), reply
        return reply.value
