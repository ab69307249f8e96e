"""Run a program of the corpus with nothing around it: the positive control.

    python -m tests.sandbox.bare [--full|--language] --restrictions FILE --dir DIR PROGRAM ...

The program gets Repy's calls as a careless host would write them: no language policy, no
limits, paths and addresses passed on as they come. With `--full` it is plain Python. What a
hostile program wants it must get here; a program that gets nothing here shows nothing there.
With `--language` it has the language's wall around it, and no other.
Bounded all the same: memory, time and files of this process, and loopback only.
"""

import argparse
import ipaddress
import os
import resource
import signal
import socket
import sys
import threading
import time
from pathlib import Path

from seattle_p2p.vessel.guards import guards, program_builtins
from seattle_p2p.vessel.language import compile_program
from seattle_p2p.vessel.repy_errors import PARENTS

_MOST = {
    resource.RLIMIT_AS: 1_300_000_000,
    resource.RLIMIT_CPU: 20,
    resource.RLIMIT_FSIZE: 50_000_000,
    resource.RLIMIT_CORE: 0,
}
_SECONDS = 25


def main(arguments: list[str]) -> None:
    """Run one program."""
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.bare")
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--language", action="store_true")
    parser.add_argument("--restrictions", required=True)
    parser.add_argument("--dir", required=True)
    parser.add_argument("program")
    parser.add_argument("rest", nargs=argparse.REMAINDER)
    given = parser.parse_args(arguments)
    text = Path(given.program).read_bytes()
    os.chdir(given.dir)
    for which, most in _MOST.items():
        resource.setrlimit(which, (most, most))
    signal.alarm(_SECONDS)
    names = {"__name__": "__main__"} if given.full else careless_names(given.rest)
    sys.argv = [given.program, *given.rest]
    if given.language:
        names["__builtins__"] = program_builtins() | guards()
        exec(compile_program(text, "program"), names)
    else:
        exec(compile(text, "program", "exec"), names)
    sys.stdout.flush()


def is_on_stage(path: str | bytes) -> bool:
    """Whether a path leads to what was made for this run; the rest of the machine is real.

    A program's own kind of str may say anything of itself: the system opens what it holds.
    """
    plain = os.fsdecode(path) if isinstance(path, bytes) else str.__str__(path)
    return Path(plain).resolve().is_relative_to(Path("..").resolve())


def remove_file(path: str) -> None:
    """Remove a file of the stage. One outside is only looked at: root would lose it."""
    (os.remove if is_on_stage(path) else os.lstat)(path)


class File:
    """A file, read wherever it is told to, and written on the stage."""

    def __init__(self, path: str, create: bool) -> None:
        inside = is_on_stage(path)
        flags = os.O_RDWR if inside else os.O_RDONLY
        self._fd = os.open(path, flags | (os.O_CREAT if create and inside else 0), 0o600)

    def readat(self, size, offset):
        return os.pread(self._fd, size or 1_000_000, offset).decode("latin-1")

    def writeat(self, data, offset):
        os.pwrite(self._fd, data.encode("latin-1") if isinstance(data, str) else data, offset)

    def close(self):
        os.close(self._fd)


class Server:
    """A UDP socket."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((host, port))
        self._socket.setblocking(False)

    def getmessage(self):
        data, (host, port) = self._socket.recvfrom(65535)
        return host, port, data.decode("latin-1")

    def close(self):
        self._socket.close()


class LeavesTheMachine(Exception):
    """A careless host would have sent this to another machine; the control does not."""


def send_message(host, port, message, local_host, local_port):
    """One datagram from anywhere to anywhere on loopback."""
    found = socket.gethostbyname(host)
    if not ipaddress.ip_address(found).is_loopback:
        raise LeavesTheMachine(found)
    data = message.encode("latin-1") if isinstance(message, str) else message
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sender.bind((local_host, local_port))
        return sender.sendto(data, (found, port))


def careless_names(arguments: list[str]) -> dict[str, object]:
    """Repy's names for a program, without a single check."""
    begun = time.monotonic()
    errors: dict[str, type[Exception]] = {"Exception": Exception}
    for name, parent in PARENTS.items():
        errors[name] = type(name, (errors[parent],), {})

    def open_file(name, create):
        try:
            return File(name, create)
        except FileNotFoundError as error:
            raise errors["FileNotFoundError"](str(error)) from error

    def send(*arguments):
        try:
            return send_message(*arguments)
        except LeavesTheMachine as error:
            raise errors["InternetConnectivityError"](str(error)) from error

    names: dict[str, object] = {
        "log": lambda *values: print(*values, end="", flush=True),
        "sleep": time.sleep,
        "getruntime": lambda: time.monotonic() - begun,
        "exitall": lambda: os._exit(0),
        "createthread": lambda function: threading.Thread(target=function, daemon=True).start(),
        "createlock": threading.Lock,
        "randombytes": lambda: os.urandom(1024).decode("latin-1"),
        "getresources": lambda: ({}, {}, []),
        "openfile": open_file,
        "listfiles": lambda: os.listdir("."),
        "removefile": remove_file,
        "getmyip": lambda: "127.0.0.1",
        "sendmessage": send,
        "listenformessage": Server,
        "tobytes": lambda data: data.encode("latin-1"),
        "totext": lambda data: data.decode("latin-1"),
        "callargs": arguments,
        "callfunc": "initialize",
        "mycontext": {},
        **errors,
    }
    names["_context"] = names
    return names


if __name__ == "__main__":
    main(sys.argv[1:])
