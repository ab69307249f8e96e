"""Repy's calls as programs see them: thin stubs that ask the broker.

Here values are checked for their exact types, turned into bytes and back; what they mean is
checked by the broker, which trusts nothing that comes from here. Data is returned as text whose
characters are U+0000 to U+00FF, one for each byte, and accepted as such text or as bytes.

The objects handed out (files, sockets, locks) are immutable, as are their classes: a program
can neither change what they do for others nor leave anything in them.
"""

import _thread
import sys
import time
from collections.abc import Callable
from typing import Any

from seattle_p2p.vessel import requests as asks
from seattle_p2p.vessel.guards import Sealed
from seattle_p2p.vessel.language import names_in
from seattle_p2p.vessel.link import Link
from seattle_p2p.vessel.repy_errors import PARENTS
from seattle_p2p.vessel.requests import PIECE, Failure
from seattle_p2p.vessel.tracebacks import describe
from seattle_p2p.vessel.virtual import Runner, SafeDict, VirtualNamespace, create_namespace

_MAX_NAP_S = 10_000.0
_LONGEST_S = 1e12
_LONGEST_TEXT = 4096
"""Characters of a name or an address: far above what any call accepts, far below a packet."""


def make_errors() -> dict[str, type[Exception]]:
    """Repy's exception classes by name; programs may catch, raise and derive from them."""
    classes: dict[str, Any] = {"Exception": Exception}
    for name, parent in PARENTS.items():
        classes[name] = Sealed(
            name, (classes[parent],), {"__module__": "repy", "__slots__": ()}
        )
    del classes["Exception"]
    return classes


class Calls:
    """Every call of one program; `names` is what it sees.

    Args:
        link: The way to the broker.
        program_failed: Called in a thread whose function raised, with the exception.
        runner: Runs the code of virtual namespaces.
        started: Clock reading (monotonic seconds) at which the program began.
    """

    def __init__(
        self,
        link: Link,
        program_failed: Callable[[BaseException], None],
        runner: Runner,
        started: float,
    ) -> None:
        self.errors = make_errors()
        self._runner = runner
        self._link = link
        self._program_failed = program_failed
        self._started = started
        self._threads = 0
        self._thread_over = _thread.allocate_lock()
        self._thread_over.acquire()
        self._mutex = _thread.allocate_lock()

    def ask(self, request: asks.Request) -> Any:
        """The broker's answer, or the exception it names."""
        reply = self._link.ask(request)
        if isinstance(reply, Failure):
            raise self.errors[reply.kind](reply.text)
        return reply.value

    def next(self) -> int:
        """A number for a request."""
        return self._link.number()

    def wait_for_threads(self) -> None:
        """Return when every thread that the program started is over."""
        while True:
            with self._mutex:
                if self._threads == 0:
                    return
            self._thread_over.acquire()

    # -- checking ---------------------------------------------------------------------------

    def refuse(self, text: str) -> Exception:
        """The exception for a bad argument."""
        return self.errors["RepyArgumentError"](text)

    def text(self, value: object, what: str) -> str:
        """Exactly a str."""
        if type(value) is not str:
            raise self.refuse(f"{what} must be a str, not {type(value).__name__}")
        if len(value) > _LONGEST_TEXT or not value.isascii():
            raise self.refuse(f"{what} must be ASCII, at most {_LONGEST_TEXT} characters")
        return value

    def whole(self, value: object, what: str) -> int:
        """Exactly an int that fits 63 bits."""
        if type(value) is not int or not -(2**62) < value < 2**62:
            raise self.refuse(f"{what} must be a whole number")
        return value

    def seconds(self, value: object, what: str) -> float:
        """Exactly an int or a finite float."""
        if (type(value) is int or type(value) is float) and abs(value) < _LONGEST_S:
            return float(value)
        raise self.refuse(f"{what} must be a number of seconds")

    def data(self, value: object, what: str) -> bytes:
        """Text of characters up to U+00FF, bytes or a bytearray, as bytes."""
        if type(value) is str:
            try:
                return value.encode("latin-1")
            except UnicodeEncodeError:
                raise self.refuse(
                    f"{what} holds characters above U+00FF; use .encode('utf-8')"
                ) from None
        if type(value) is bytes or type(value) is bytearray:
            return bytes(value)
        raise self.refuse(f"{what} must be str or bytes, not {type(value).__name__}")

    # -- log, time, threads -------------------------------------------------------------------

    def log(self, *values: object) -> None:
        """Add to the log: each value as `str` gives it, with a space between; no newline."""
        self.write_log(" ".join([str(value) for value in values]))

    def print(self, *values: object, sep: object = " ", end: object = "\n") -> None:
        """Python's print, into the log."""
        between = " " if sep is None else str(sep)
        last = "\n" if end is None else str(end)
        self.write_log(between.join([str(value) for value in values]) + last)

    def write_log(self, text: str) -> None:
        """Add text to the log, as UTF-8."""
        data = str.encode(text, "utf-8", "replace")
        for begin in range(0, len(data), PIECE):
            self.ask(asks.Log(self.next(), data[begin : begin + PIECE]))

    def sleep(self, seconds: object) -> None:
        """Wait, never less than `seconds`; 0 and below return at once."""
        wanted = self.seconds(seconds, "sleep's seconds")
        until = time.monotonic() + wanted
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _MAX_NAP_S))

    def getruntime(self) -> float:
        """Seconds since the program began; never goes back."""
        return time.monotonic() - self._started

    def exitall(self) -> None:
        """End the program at once; no `finally` runs."""
        self._link.tell(asks.Ended(self.next(), "done", 0, "exitall", ""))
        while True:
            time.sleep(_MAX_NAP_S)

    def createthread(self, function: object) -> None:
        """Run a function of no arguments beside the rest of the program."""
        if not callable(function):
            raise self.refuse("createthread needs a function")
        self.ask(asks.StartThread(self.next()))
        with self._mutex:
            self._threads += 1
        try:
            _thread.start_new_thread(self._run, (function,))
        except RuntimeError:
            self._one_thread_less()
            raise self.errors["ResourceExhaustedError"]("no more threads") from None

    def _run(self, function: Callable[[], object]) -> None:
        try:
            function()
        except BaseException as error:
            self._program_failed(error)
        finally:
            self._one_thread_less()

    def _one_thread_less(self) -> None:
        self.ask(asks.EndThread(self.next()))
        with self._mutex:
            self._threads -= 1
            if self._thread_over.locked():
                self._thread_over.release()

    def getthreadname(self) -> str:
        """A text that no other running thread has."""
        return f"thread-{_thread.get_ident():x}"

    def getlasterror(self) -> str | None:
        """The exception being handled in this thread, with the program's own lines; or None."""
        error = sys.exc_info()[1]
        return None if error is None else describe(error, self._runner.texts)

    def createvirtualnamespace(self, code: object, name: object) -> VirtualNamespace:
        """Check code that is to be run in a context of its own."""
        return create_namespace(self._runner, code, name, self.errors)

    def createlock(self) -> "Lock":
        """A lock that any thread may release."""
        return Lock(self, _thread.allocate_lock())

    # -- small things -------------------------------------------------------------------------

    def randombytes(self) -> str:
        """1024 random bytes."""
        return str(self.ask(asks.RandomBytes(self.next())), "latin-1")

    def getresources(self) -> tuple[dict[str, Any], dict[str, Any], list[tuple[float, float]]]:
        """Limits, usage, and the latest times of being held still as (when, how long)."""
        limits, usage, stops = self.ask(asks.GetResources(self.next()))
        for name in ("messport", "connport"):
            limits[name] = set(limits[name])
            usage[name] = set(usage[name])
        return limits, usage, [(when, how_long) for when, how_long in stops]

    def tobytes(self, value: object) -> bytes:
        """Data as the calls return it, as bytes."""
        return self.data(value, "tobytes")

    def totext(self, value: object) -> str:
        """Bytes as the calls would return them."""
        return self.data(value, "totext").decode("latin-1")

    # -- files --------------------------------------------------------------------------------

    def openfile(self, name: object, create: object) -> "File":
        """Open a file, making it when `create` is true."""
        wanted = self.text(name, "the file's name")
        if type(create) is not bool:
            raise self.refuse("create must be True or False")
        return File(self, self.ask(asks.OpenFile(self.next(), wanted, create)))

    def listfiles(self) -> list[str]:
        """Names of all files."""
        names: list[str] = self.ask(asks.ListFiles(self.next()))
        return names

    def removefile(self, name: object) -> None:
        """Remove a file that nobody has open."""
        self.ask(asks.RemoveFile(self.next(), self.text(name, "the file's name")))

    # -- network ------------------------------------------------------------------------------

    def getmyip(self) -> str:
        """The address at which others see this machine."""
        address: str = self.ask(asks.MyIp(self.next()))
        return address

    def gethostbyname(self, name: object) -> str:
        """The address of a name."""
        address: str = self.ask(asks.LookUp(self.next(), self.text(name, "the name")))
        return address

    def sendmessage(
        self,
        destip: object,
        destport: object,
        message: object,
        localip: object,
        localport: object,
    ) -> int:
        """Send one UDP datagram; returns the bytes sent."""
        sent: int = self.ask(
            asks.SendMessage(
                self.next(),
                self.text(destip, "destip"),
                self.whole(destport, "destport"),
                self.data(message, "message"),
                self.text(localip, "localip"),
                self.whole(localport, "localport"),
            )
        )
        return sent

    def listenformessage(self, localip: object, localport: object) -> "UDPServerSocket":
        """Receive UDP datagrams on an address and port of this vessel."""
        host, port = self.text(localip, "localip"), self.whole(localport, "localport")
        return UDPServerSocket(self, self.ask(asks.ListenMessage(self.next(), host, port)))

    def openconnection(
        self,
        destip: object,
        destport: object,
        localip: object,
        localport: object,
        timeout: object,
    ) -> "Socket":
        """Connect from a local address and port, within `timeout` seconds."""
        request = asks.OpenConnection(
            self.next(),
            self.text(destip, "destip"),
            self.whole(destport, "destport"),
            self.text(localip, "localip"),
            self.whole(localport, "localport"),
            self.seconds(timeout, "timeout"),
        )
        return Socket(self, self.ask(request))

    def listenforconnection(self, localip: object, localport: object) -> "TCPServerSocket":
        """Take TCP connections on an address and port of this vessel."""
        host, port = self.text(localip, "localip"), self.whole(localport, "localport")
        return TCPServerSocket(self, self.ask(asks.ListenConnection(self.next(), host, port)))

    def names(self) -> dict[str, object]:
        """What a program may call, by name."""
        calls: dict[str, object] = {name: SealedCall(getattr(self, name)) for name in _CALLS}
        return calls | self.errors | {"SafeDict": SafeDict}


_CALLS = names_in(
    "log print sleep getruntime exitall createthread getthreadname createlock randombytes "
    "getresources getlasterror tobytes totext openfile listfiles removefile getmyip "
    "gethostbyname sendmessage listenformessage openconnection listenforconnection "
    "createvirtualnamespace"
)


class SealedCall(metaclass=Sealed):
    """One call: can be called, and nothing else."""

    __slots__ = ("__call",)

    def __init__(self, call: Callable[..., object]) -> None:
        object.__setattr__(self, "_SealedCall__call", call)

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Make the call."""
        call: Callable[..., object] = object.__getattribute__(self, "_SealedCall__call")
        return call(*args, **kwargs)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse."""
        raise AttributeError("calls cannot be changed")


class _Handle(metaclass=Sealed):
    """What files and sockets have in common: a number that only the broker understands."""

    __slots__ = ("__calls", "__handle")

    def __init__(self, calls: Calls, handle: Any) -> None:
        object.__setattr__(self, "_Handle__calls", calls)
        object.__setattr__(self, "_Handle__handle", handle)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse."""
        raise AttributeError(f"{type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> None:
        """Refuse."""
        raise AttributeError(f"{type(self).__name__} cannot be changed")


def _calls(handle: _Handle) -> Calls:
    calls: Calls = object.__getattribute__(handle, "_Handle__calls")
    return calls


def _number(handle: _Handle) -> Any:
    return object.__getattribute__(handle, "_Handle__handle")


class File(_Handle):
    """An open file."""

    __slots__ = ()

    def readat(self, size: object, offset: object) -> str:
        """`size` bytes, or all for None, from `offset` on; fewer at the end."""
        calls = _calls(self)
        wanted = None if size is None else calls.whole(size, "size")
        begin = calls.whole(offset, "offset")
        if (wanted is not None and wanted < 0) or begin < 0:
            raise calls.refuse("size and offset must not be negative")
        parts: list[bytes] = []
        done = 0
        while True:
            piece = PIECE if wanted is None else min(PIECE, wanted - done)
            request = asks.ReadAt(calls.next(), _number(self), piece, begin + done)
            parts.append(calls.ask(request))
            done += len(parts[-1])
            if len(parts[-1]) < piece or done == wanted:
                return b"".join(parts).decode("latin-1")

    def writeat(self, data: object, offset: object) -> None:
        """Write bytes from `offset` on, which may be at most the file's end."""
        calls = _calls(self)
        content = calls.data(data, "data")
        begin = calls.whole(offset, "offset")
        if begin < 0:
            raise calls.refuse("offset must not be negative")
        for done in range(0, max(len(content), 1), PIECE):
            piece = content[done : done + PIECE]
            calls.ask(asks.WriteAt(calls.next(), _number(self), piece, begin + done))

    def close(self) -> None:
        """Give the file back."""
        calls = _calls(self)
        calls.ask(asks.CloseFile(calls.next(), _number(self)))


class UDPServerSocket(_Handle):
    """A port on which datagrams arrive."""

    __slots__ = ()

    def getmessage(self) -> tuple[str, int, str]:
        """Sender's address, port, and data of the next datagram; never waits."""
        calls = _calls(self)
        host, port, data = calls.ask(asks.GetMessage(calls.next(), _number(self)))
        return host, port, data.decode("latin-1")

    def close(self) -> bool:
        """Stop listening; True the first time."""
        calls = _calls(self)
        return bool(calls.ask(asks.CloseServer(calls.next(), _number(self))))


class TCPServerSocket(_Handle):
    """A port on which others connect."""

    __slots__ = ()

    def getconnection(self) -> tuple[str, int, "Socket"]:
        """Address, port and socket of the next connection; never waits."""
        calls = _calls(self)
        host, port, handle = calls.ask(asks.GetConnection(calls.next(), _number(self)))
        return host, port, Socket(calls, handle)

    def close(self) -> bool:
        """Stop listening; True the first time."""
        calls = _calls(self)
        return bool(calls.ask(asks.CloseTcpServer(calls.next(), _number(self))))


class Socket(_Handle):
    """A TCP connection; no call on it waits."""

    __slots__ = ()

    def send(self, message: object) -> int:
        """Hand over bytes; returns how many were taken."""
        calls = _calls(self)
        data = calls.data(message, "message")[:PIECE]
        sent: int = calls.ask(asks.Send(calls.next(), _number(self), data))
        return sent

    def recv(self, size: object) -> str:
        """1 to `size` bytes of what has come."""
        calls = _calls(self)
        wanted = min(calls.whole(size, "the number of bytes"), PIECE)
        data: bytes = calls.ask(asks.Receive(calls.next(), _number(self), wanted))
        return data.decode("latin-1")

    def close(self) -> bool:
        """Hang up; True the first time."""
        calls = _calls(self)
        return bool(calls.ask(asks.CloseSocket(calls.next(), _number(self))))


class Lock(_Handle):
    """A lock that any thread may release."""

    __slots__ = ()

    def acquire(self, blocking: object) -> bool:
        """Take it; when it is taken already, wait if `blocking`, else return False."""
        calls = _calls(self)
        if type(blocking) is not bool:
            raise calls.refuse("blocking must be True or False")
        return bool(_number(self).acquire(blocking))

    def release(self) -> None:
        """Let go."""
        try:
            _number(self).release()
        except RuntimeError:
            raise _calls(self).errors["LockDoubleReleaseError"](
                "the lock is not taken"
            ) from None
