"""Repy's calls as programs see them: thin stubs that ask the broker.

Data is returned as text whose characters are U+0000 to U+00FF, one for each byte, and accepted
as such text or as bytes.
"""

import _thread
import time
from collections.abc import Callable
from typing import Any

from seattle_p2p.vessel import requests as asks
from seattle_p2p.vessel.checked_link import CheckedLink
from seattle_p2p.vessel.guards import Sealed
from seattle_p2p.vessel.handles import File, Lock, Socket, TCPServerSocket, UDPServerSocket
from seattle_p2p.vessel.language import names_in
from seattle_p2p.vessel.link import Link
from seattle_p2p.vessel.requests import PIECE
from seattle_p2p.vessel.virtual import Runner, SafeDict, VirtualNamespace, create_namespace

_MAX_NAP_S = 10_000.0


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
        self._runner = runner
        self._link = CheckedLink(link)
        self._program_failed = program_failed
        self._started = started
        self._threads = 0
        self._thread_over = _thread.allocate_lock()
        self._thread_over.acquire()
        self._mutex = _thread.allocate_lock()

    def wait_for_threads(self) -> None:
        """Return when every thread that the program started is over."""
        while True:
            with self._mutex:
                if self._threads == 0:
                    return
            self._thread_over.acquire()

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
            self._link.ask(asks.Log(self._link.number(), data[begin : begin + PIECE]))

    def sleep(self, seconds: object) -> None:
        """Wait, never less than `seconds`; 0 and below return at once."""
        wanted = self._link.seconds(seconds, "sleep's seconds")
        until = time.monotonic() + wanted
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, _MAX_NAP_S))

    def getruntime(self) -> float:
        """Seconds since the program began; never goes back."""
        return time.monotonic() - self._started

    def exitall(self) -> None:
        """End the program at once; no `finally` runs."""
        self._link.tell(asks.Ended(self._link.number(), "done", 0, "exitall", ""))
        while True:
            time.sleep(_MAX_NAP_S)

    def createthread(self, function: object) -> None:
        """Run a function of no arguments beside the rest of the program."""
        if not callable(function):
            raise self._link.refuse("createthread needs a function")
        self._link.ask(asks.StartThread(self._link.number()))
        with self._mutex:
            self._threads += 1
        try:
            _thread.start_new_thread(self._run, (function,))
        except RuntimeError:
            self._one_thread_less()
            raise self._link.errors["ResourceExhaustedError"]("no more threads") from None

    def _run(self, function: Callable[[], object]) -> None:
        try:
            function()
        except BaseException as error:
            self._program_failed(error)
        finally:
            self._runner.last_errors.forget()
            self._one_thread_less()

    def _one_thread_less(self) -> None:
        self._link.ask(asks.EndThread(self._link.number()))
        with self._mutex:
            self._threads -= 1
            if self._thread_over.locked():
                self._thread_over.release()

    def getthreadname(self) -> str:
        """A text that no other running thread has."""
        return f"thread-{_thread.get_ident():x}"

    def getlasterror(self) -> str | None:
        """The last exception in this thread, with the program's own lines; or None."""
        return self._runner.last_errors.text()

    def createvirtualnamespace(self, code: object, name: object) -> VirtualNamespace:
        """Check code that is to be run in a context of its own."""
        return create_namespace(self._runner, code, name, self._link.errors)

    def createlock(self) -> Lock:
        """A lock that any thread may release."""
        return Lock(self._link, _thread.allocate_lock())

    # -- small things -------------------------------------------------------------------------

    def randombytes(self) -> str:
        """1024 random bytes."""
        return str(self._link.ask(asks.RandomBytes(self._link.number())), "latin-1")

    def getresources(self) -> tuple[dict[str, Any], dict[str, Any], list[tuple[float, float]]]:
        """Limits, usage, and the latest times of being held still as (when, how long)."""
        limits, usage, stops = self._link.ask(asks.GetResources(self._link.number()))
        for name in ("messport", "connport"):
            limits[name] = set(limits[name])
            usage[name] = set(usage[name])
        return limits, usage, [(when, how_long) for when, how_long in stops]

    def tobytes(self, value: object) -> bytes:
        """Data as the calls return it, as bytes."""
        return self._link.data(value, "tobytes")

    def totext(self, value: object) -> str:
        """Bytes as the calls would return them."""
        return self._link.data(value, "totext").decode("latin-1")

    # -- files --------------------------------------------------------------------------------

    def openfile(self, name: object, create: object) -> File:
        """Open a file, making it when `create` is true."""
        link = self._link
        wanted = link.text(name, "the file's name")
        if type(create) is not bool:
            raise link.refuse("create must be True or False")
        return File(link, link.ask(asks.OpenFile(link.number(), wanted, create)))

    def listfiles(self) -> list[str]:
        """Names of all files."""
        names: list[str] = self._link.ask(asks.ListFiles(self._link.number()))
        return names

    def removefile(self, name: object) -> None:
        """Remove a file that nobody has open."""
        link = self._link
        link.ask(asks.RemoveFile(link.number(), link.text(name, "the file's name")))

    # -- network ------------------------------------------------------------------------------

    def getmyip(self) -> str:
        """The address at which others see this machine."""
        address: str = self._link.ask(asks.MyIp(self._link.number()))
        return address

    def gethostbyname(self, name: object) -> str:
        """The address of a name."""
        link = self._link
        address: str = link.ask(asks.LookUp(link.number(), link.text(name, "the name")))
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
        link = self._link
        sent: int = link.ask(
            asks.SendMessage(
                link.number(),
                link.text(destip, "destip"),
                link.whole(destport, "destport"),
                link.data(message, "message"),
                link.text(localip, "localip"),
                link.whole(localport, "localport"),
            )
        )
        return sent

    def listenformessage(self, localip: object, localport: object) -> UDPServerSocket:
        """Receive UDP datagrams on an address and port of this vessel."""
        link = self._link
        host, port = link.text(localip, "localip"), link.whole(localport, "localport")
        return UDPServerSocket(link, link.ask(asks.ListenMessage(link.number(), host, port)))

    def openconnection(
        self,
        destip: object,
        destport: object,
        localip: object,
        localport: object,
        timeout: object,
    ) -> Socket:
        """Connect from a local address and port, within `timeout` seconds."""
        link = self._link
        request = asks.OpenConnection(
            link.number(),
            link.text(destip, "destip"),
            link.whole(destport, "destport"),
            link.text(localip, "localip"),
            link.whole(localport, "localport"),
            link.seconds(timeout, "timeout"),
        )
        return Socket(link, link.ask(request))

    def listenforconnection(self, localip: object, localport: object) -> TCPServerSocket:
        """Take TCP connections on an address and port of this vessel."""
        link = self._link
        host, port = link.text(localip, "localip"), link.whole(localport, "localport")
        return TCPServerSocket(link, link.ask(asks.ListenConnection(link.number(), host, port)))

    def names(self) -> dict[str, object]:
        """What a program may call, by name."""
        calls: dict[str, object] = {name: SealedCall(getattr(self, name)) for name in _CALLS}
        return calls | self._link.errors | {"SafeDict": SafeDict}


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
