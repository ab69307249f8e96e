"""The broker: a program's requests come in, are carried out one by one, answers go out.

Runs in the keeper's loop. A call that must wait (a rate is used up) is a generator that says
for how long; it is taken up again by a timer and holds up nobody else. While the vessel is
held still the broker neither reads nor answers, so that its own work, too, stays within the
vessel's share.
"""

import os
import socket
from collections.abc import Callable, Generator
from typing import Any

from seattle_p2p.errors import MalformedMessage
from seattle_p2p.vessel import requests as asks
from seattle_p2p.vessel.broker.files import DiskFull, Files
from seattle_p2p.vessel.broker.host import Host
from seattle_p2p.vessel.broker.log import Log
from seattle_p2p.vessel.broker.meters import Meters, Waits, Writable
from seattle_p2p.vessel.broker.names import Names
from seattle_p2p.vessel.broker.network import Network
from seattle_p2p.vessel.broker.tcp import Tcp
from seattle_p2p.vessel.loop import Loop, Timer
from seattle_p2p.vessel.one_core import CALLS
from seattle_p2p.vessel.repy_errors import CallFailed
from seattle_p2p.vessel.resources import COUNTED, RENEWABLE

_BATCH = 32
"""Requests carried out before the loop looks at its timers again: about a millisecond."""

_ACCOUNT_EVERY = CALLS
"""Requests after which the keeper asks how much CPU they took."""

_MORE_THAN_THREADS = 4
"""Requests under way beyond one per thread granted; more are left unread in the socket."""


class Broker:
    """Carries out what one program asks for.

    Args:
        loop: The keeper's.
        channel: Socket pair to the program's process.
        files: Its files.
        network: Its datagrams.
        tcp: Its connections.
        log: Its log.
        meters: Its meters.
        host: The keeper's answers to questions about the run itself.
    """

    def __init__(
        self,
        loop: Loop,
        channel: socket.socket,
        files: Files,
        network: Network,
        tcp: Tcp,
        log: Log,
        meters: Meters,
        host: Host,
    ) -> None:
        self._loop = loop
        self._channel = channel
        self._files = files
        self._network = network
        self._tcp = tcp
        self._names = Names(meters)
        self._log = log
        self._meters = meters
        self._host = host
        self._waiting: dict[Timer, Waits] = {}
        self._unsent: list[bytes] = []
        self._held = False
        self._reading = False
        self._late: list[Callable[[], None]] = []
        self._most = meters.limits.count("events") + _MORE_THAN_THREADS
        self.calls = 0
        channel.setblocking(False)
        self._handlers = self._make_handlers()
        self._update()

    def hold(self, held: bool) -> None:
        """Stop working, or go on.

        The channel is left watched: mostly nothing comes of a vessel that is held still, and
        what does stops the watching (`_on_readable`).
        """
        if held == self._held:
            return
        self._held = held
        if not held:
            late, self._late = self._late, []
            for action in late:
                action()
            self._update()

    def close(self) -> None:
        """Let go of everything the program had."""
        for timer, call in self._waiting.items():
            timer.cancel()
            call.close()  # its own `finally` gives back what it held
        self._waiting.clear()
        self._held = True
        self._update()
        self._loop.unwatch_write(self._channel.fileno())
        self._files.close_all()
        self._network.close_all()
        self._tcp.close_all()
        self._channel.close()

    # -- in -----------------------------------------------------------------------------------

    def _update(self) -> None:
        """Read the channel when we may: not held, answers sent, not too much under way."""
        wanted = not (self._held or self._unsent or len(self._waiting) >= self._most)
        if wanted and not self._reading:
            self._loop.watch(self._channel.fileno(), self._on_readable)
        elif self._reading and not wanted:
            self._loop.unwatch(self._channel.fileno())
        self._reading = wanted

    def _on_readable(self) -> None:
        if self._held:
            self._update()
            return
        # A program's only thread asks no second question before it has its answer.
        for _ in range(_BATCH if self._meters.held["events"] else 1):
            if not self._reading:
                return
            try:
                data = self._channel.recv(asks.MAX_MESSAGE + 1)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data:
                self._host.on_gone()
                return
            try:
                request = asks.decode_request(data)
            except MalformedMessage:
                self._host.on_nonsense()
                return
            self.calls += 1
            self._carry_out(request)
            if self.calls % _ACCOUNT_EVERY == 0:
                self._host.on_worked()

    def _carry_out(self, request: asks.AnyRequest) -> None:
        try:
            result = self._handlers[type(request)](request)
        except CallFailed as failure:
            self._fail(request.number, failure)
        except DiskFull as error:
            self._host.on_disk_full(str(error))
        except OSError as error:
            self._fail(request.number, _of_this_machine(error))
        else:
            if isinstance(result, Generator):
                self._go_on(request.number, result)
            elif result is not _NO_ANSWER:
                self._answer(request.number, result)

    def _go_on(self, number: int, call: Waits, told: bool | None = None) -> None:
        """Take up a call that may wait; `told` is what it waited for."""
        try:
            wanted = next(call) if told is None else call.send(told)
        except StopIteration as stop:
            self._answer(number, stop.value)
        except CallFailed as failure:
            self._fail(number, failure)
        except DiskFull as error:
            self._host.on_disk_full(str(error))
        except OSError as error:
            self._fail(number, _of_this_machine(error))
        else:
            self._wait(number, call, wanted)

    def _wait(self, number: int, call: Waits, wanted: float | Writable) -> None:
        """Come back to a call when its time, or its socket, has come."""
        if isinstance(wanted, Writable):
            fd, delay = wanted.fd, wanted.timeout_s
            self._loop.watch_write(fd, lambda: woken(True))
        else:
            fd, delay = -1, wanted

        def woken(told: bool) -> None:
            if fd >= 0:
                self._loop.unwatch_write(fd)
            timer.cancel()
            self._waiting.pop(timer, None)
            if self._held:
                self._late.append(lambda: self._go_on(number, call, told))
                return
            self._go_on(number, call, told)
            self._update()

        timer = self._loop.call_later(delay, lambda: woken(False))
        self._waiting[timer] = call
        self._update()

    # -- out ----------------------------------------------------------------------------------

    def _answer(self, number: int, value: object) -> None:
        self._send(asks.encode(asks.Answer(number, value)))

    def _fail(self, number: int, failure: CallFailed) -> None:
        self._send(asks.encode(asks.Failure(number, failure.kind, failure.text)))

    def _send(self, packet: bytes) -> None:
        if not self._unsent:
            try:
                self._channel.send(packet)
                return
            except BlockingIOError:
                self._loop.watch_write(self._channel.fileno(), self._on_writable)
            except OSError:
                self._host.on_gone()
                return
        self._unsent.append(packet)
        self._update()

    def _on_writable(self) -> None:
        while self._unsent:
            try:
                self._channel.send(self._unsent[0])
            except BlockingIOError:
                return
            except OSError:
                self._host.on_gone()
                return
            del self._unsent[0]
        self._loop.unwatch_write(self._channel.fileno())
        self._update()

    # -- one line per call ---------------------------------------------------------------

    def _make_handlers(self) -> dict[type, Callable[[Any], Any]]:
        files, network, tcp, host = self._files, self._network, self._tcp, self._host
        return {
            asks.Ready: lambda r: host.on_ready(r.layers),
            asks.Fetch: lambda r: host.text(r.offset),
            asks.Begun: lambda r: host.on_begun(),
            asks.Ended: self._ended,
            asks.Log: lambda r: self._log.write(r.data),
            asks.MyIp: lambda r: network.my_ip(),
            asks.LookUp: lambda r: self._names.look_up(r.name),
            asks.OpenFile: lambda r: files.open(r.name, r.create),
            asks.ReadAt: lambda r: files.read_at(r.handle, r.size, r.offset),
            asks.WriteAt: lambda r: files.write_at(r.handle, r.data, r.offset),
            asks.CloseFile: lambda r: files.close(r.handle),
            asks.ListFiles: lambda r: files.list(),
            asks.RemoveFile: lambda r: files.remove(r.name),
            asks.SendMessage: lambda r: network.send_message(
                r.host, r.port, r.data, r.local_host, r.local_port
            ),
            asks.ListenMessage: lambda r: network.listen_message(r.host, r.port),
            asks.GetMessage: lambda r: network.get_message(r.handle),
            asks.CloseServer: lambda r: network.close_server(r.handle),
            asks.OpenConnection: lambda r: tcp.open(
                r.host, r.port, r.local_host, r.local_port, r.timeout_s
            ),
            asks.ListenConnection: lambda r: tcp.listen(r.host, r.port),
            asks.GetConnection: lambda r: tcp.accept(r.handle),
            asks.Send: lambda r: tcp.send(r.handle, r.data),
            asks.Receive: lambda r: tcp.receive(r.handle, r.size),
            asks.CloseSocket: lambda r: tcp.close(r.handle),
            asks.CloseTcpServer: lambda r: tcp.close_server(r.handle),
            asks.StartThread: lambda r: self._meters.take("events"),
            asks.EndThread: lambda r: self._meters.give_back("events"),
            asks.RandomBytes: lambda r: self._random(),
            asks.GetResources: lambda r: self._resources(),
        }

    def _ended(self, request: asks.Ended) -> object:
        self._host.on_ended(request.cause, request.line, request.summary, request.details)
        return _NO_ANSWER

    def _random(self) -> Waits:
        yield from self._meters.charge("random", 1024)
        return os.urandom(1024)

    def _resources(self) -> list[object]:
        limits: dict[str, object] = {}
        usage: dict[str, object] = {}
        granted = self._meters.limits
        for name in RENEWABLE:
            limits[name] = granted.amount(name)
            usage[name] = self._host.cpu_s() if name == "cpu" else self._meters.level(name)
        for name in COUNTED:
            limits[name] = granted.count(name)
            usage[name] = self._meters.held[name]
        usage["memory"], usage["diskused"] = self._host.memory(), self._files.used_bytes()
        usage["threadcpu"] = usage["cpu"]
        limits["messport"] = sorted(granted.messport)
        limits["connport"] = sorted(granted.connport)
        usage["messport"] = self._network.ports_in_use()
        usage["connport"] = self._tcp.ports_in_use()
        return [limits, usage, self._host.stops()]


def _of_this_machine(error: OSError) -> CallFailed:
    """What a call ends with when this machine failed it; says nothing about where things
    lie."""
    words = os.strerror(error.errno) if error.errno else "unknown"
    return CallFailed("ResourceExhaustedError", f"this machine could not do it: {words}")


_NO_ANSWER = object()
