"""Main of the jailed process: take the program from the broker, compile it, run it.

Everything in this process may fall into the program's hands; nothing here is trusted by the
keeper beyond the report that the jail was closed, which is sent before the program is read.
"""

import _thread
import gc
import importlib
import os
import signal
import socket
import sys
import time
import traceback
import unicodedata  # the parser imports it for identifiers beyond ASCII
from types import CodeType
from typing import NoReturn

import msgspec

from seattle_p2p.errors import ProgramRefused
from seattle_p2p.vessel import requests as asks
from seattle_p2p.vessel.calls import Calls
from seattle_p2p.vessel.jail.limits import THREAD_STACK
from seattle_p2p.vessel.language import (
    compile_program,
    format_guard,
    guards,
    program_builtins,
)
from seattle_p2p.vessel.link import Link
from seattle_p2p.vessel.requests import Ended, Job, Request

_MAX_FRAMES = 40
"""Lines of a traceback: its beginning and its end are kept."""

_MAX_TEXT = 4000
"""Characters of an error's own text."""

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
    gc.enable()
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
        _summary(refusal)
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
        self._name = ""
        self._lines: list[str] = []
        self._over = _thread.allocate_lock()

    def all(self, layers: tuple[str, ...]) -> None:
        """Fetch, check, run, wait for threads, say that it is over."""
        number = self._link.number()
        job = msgspec.convert(self._ask(asks.Ready(number, list(layers))), Job)
        text = self._fetch(job.size)
        self._name = job.program
        self._lines = text.decode("utf-8", "replace").splitlines()
        if job.language:
            code = self._compile(text)
            calls = Calls(self._link, self.failed, time.monotonic())
            names = calls.names() | {
                "callargs": list(job.arguments),
                "callfunc": "initialize",
                "mycontext": {},
                "__name__": "__main__",  # a class statement reads it
            }
            names["__builtins__"] = program_builtins() | guards()
            self._ask(asks.Begun(self._link.number()))
            exec(code, names)
            calls.wait_for_threads()
        else:
            self._run_python(text, job.arguments)
        self.end("done", 0, "", "")

    def _fetch(self, size: int) -> bytes:
        text = b""
        while len(text) < size:
            piece = self._ask(asks.Fetch(self._link.number(), len(text)))
            assert isinstance(piece, bytes)
            text += piece
        return text

    def _compile(self, text: bytes) -> CodeType:
        usual = sys.getrecursionlimit()
        sys.setrecursionlimit(_COMPILE_DEPTH)
        try:
            return compile_program(text, self._name)
        except ProgramRefused as refusal:
            self.end("refused", refusal.line, refusal.message, "")
        except MemoryError:
            self.end("refused", 0, "checking the program takes more memory than it has", "")
        finally:
            sys.setrecursionlimit(usual)

    def _run_python(self, text: bytes, arguments: list[str]) -> None:
        """Plain Python behind every wall but the language: tests only."""
        sys.argv = [self._name, *arguments]
        for stream in (sys.stdout, sys.stderr):
            stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # real files
        self._ask(asks.Begun(self._link.number()))
        exec(compile(text, self._name, "exec"), {"__name__": "__main__"})

    def failed(self, error: BaseException) -> None:
        """A thread of the program ended with an exception that nobody caught."""
        if isinstance(error, MemoryError):
            self.end("memory", self._line(error), "memory ran out", "")
        if isinstance(error, SystemExit) and not error.code:
            self.end("done", 0, "", "")
        summary = _summary(error)
        self.end("error", self._line(error), summary, self._details(error, summary))

    def end(self, cause: str, line: int, summary: str, details: str) -> NoReturn:
        """Say why it is over; the first thread to say so is believed."""
        message = Ended(0, cause, line, _clean(summary, 500), _clean(details, _MAX_DETAILS))
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

    def _frames(self, error: BaseException) -> list[tuple[int, str]]:
        """Line and function of the program's own frames, innermost last."""
        walked = traceback.walk_tb(error.__traceback__)
        return [
            (line, frame.f_code.co_name)
            for frame, line in walked
            if frame.f_code.co_filename == self._name
        ]

    def _line(self, error: BaseException) -> int:
        frames = self._frames(error)
        return frames[-1][0] if frames else 0

    def _details(self, error: BaseException, summary: str) -> str:
        frames = self._frames(error)
        if len(frames) > _MAX_FRAMES:
            half = _MAX_FRAMES // 2
            frames = [*frames[:half], (0, "…"), *frames[-half:]]
        lines = ["Uncaught exception! Following is a traceback of the program's own lines:"]
        for line, function in frames:
            lines.append(f'  File "{self._name}", line {line}, in {function}')
            if 0 < line <= len(self._lines):
                lines.append("    " + self._lines[line - 1].strip()[:200])
        return "\n".join([*lines, summary, ""])


def _summary(error: BaseException) -> str:
    """Kind and text of an exception; its `__str__` may be the program's own and may fail."""
    try:
        text = _clean(str(error), _MAX_TEXT)
    except BaseException as worse:
        text = f"(its text failed with {type(worse).__name__})"
    kind = type(error).__name__
    return f"{kind}: {text}" if text else kind


def _clean(text: str, most: int) -> str:
    """Exactly a str, of characters that can be sent, not too long.

    `text` may be of a class that the program made, whose methods say what they like.
    """
    return str.encode(str.__str__(text)[:most], "utf-8", "replace").decode("utf-8")
