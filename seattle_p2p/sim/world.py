"""Hosts, the network between them, and virtual time: drives overlay cores without sockets.

A core cannot tell whether a `World` or a real socket drives it. Time is integer nanoseconds
from 0 and jumps from one due entry to the next. A run is a function of its seed: nothing here
asks the operating system for time, randomness or order.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from seattle_p2p.overlay.core import Core
from seattle_p2p.sim.agenda import Agenda, ShuffledAgenda
from seattle_p2p.sim.faults import Fate, Rule
from seattle_p2p.sim.links import Constant, Latency, Loss
from seattle_p2p.sim.streams import Streams
from seattle_p2p.sim.trace import Describe, Trace

NS_PER_S: Final = 1_000_000_000


MakeCore: TypeAlias = Callable[["Host"], Core]
OnEvent: TypeAlias = Callable[["Host", Any], None]


class Sender:
    """Where a datagram seems to come from, and which host really sent it."""

    __slots__ = ("endpoint", "index")

    def __init__(self, index: int, endpoint: Any) -> None:
        self.index = index
        self.endpoint = endpoint


class Mapped(Sender):
    """An endpoint in front of a host: datagrams reach the host only if it admits them."""

    __slots__ = ("host",)

    def __init__(self, host: "Host", endpoint: Any) -> None:
        super().__init__(host.index, endpoint)
        self.host = host

    def admit(self, source: Sender) -> "Host | None":
        """The host, when a datagram from `source` is let through; None when it is not."""
        return self.host


class Translator(Protocol):
    """A box between a host and the world; see `seattle_p2p.sim.nat`."""

    def outwards(self, host: "Host", destination: Any) -> Sender:
        """Where a datagram of `host` to `destination` seems to come from outside."""
        ...


class Host(Sender):
    """A machine of the world: one endpoint, one core while it is up.

    Attributes:
        index: Number of the host, from 0, in the order in which hosts were added.
        endpoint: Where it is reached, or thinks it is when it is behind a box.
        box: Translates its addresses; None for a host that is reached directly.
        core: The core that runs there; None before the first start and after a loss of state.
        up: Whether it runs now.
        wakes: When the agenda wakes it, latest first. An alarm is entered only when it is
            earlier than the earliest there, so few are.
        received, received_bytes, sent, sent_bytes: Datagrams of its own line so far.
    """

    __slots__ = (
        "box",
        "core",
        "make_core",
        "on_event",
        "received",
        "received_bytes",
        "sent",
        "sent_bytes",
        "started_ns",
        "up",
        "wakes",
    )

    def __init__(self, index: int, endpoint: Any, make_core: MakeCore) -> None:
        super().__init__(index, endpoint)
        self.make_core = make_core
        self.core: Core | None = None
        self.box: Translator | None = None
        self.up = False
        self.wakes: list[int] = []
        self.started_ns = 0
        self.on_event: OnEvent | None = None
        self.received = self.received_bytes = self.sent = self.sent_bytes = 0

    def __repr__(self) -> str:
        return f"Host({self.index} {'up' if self.up else 'down'})"


@dataclass(slots=True)
class Traffic:
    """Datagrams of a world so far, by what became of them.

    What was sent is delivered, lost, kept by a fault, or still under way; `World.under_way`
    counts the last by itself, so that the sum can be checked.
    """

    sent: int = 0
    sent_bytes: int = 0
    delivered: int = 0
    delivered_bytes: int = 0
    lost_in_network: int = 0
    lost_to_faults: int = 0
    lost_to_nobody: int = 0
    kept: int = 0
    """Held back by a fault, and not released yet."""
    doubled: int = 0
    """Copies that a fault added to what was sent."""


class World:
    """A network in virtual time.

    Args:
        seed: Everything random in the run follows from it.
        latency: How long datagrams take; 25 ms for all when not given.
        loss: Which datagrams the network loses; none when not given.
        describe: Kind of a datagram and its body without signatures, for the trace.
        size_of: Bytes that a datagram has on the wire.
        keep: How many of the last deliveries the trace remembers; None for all.
        explore: Whether things of one instant happen in an order drawn at random.
    """

    def __init__(
        self,
        seed: int,
        *,
        latency: Latency | None = None,
        loss: Loss | None = None,
        describe: Describe = lambda data: ("datagram", data),
        size_of: Callable[[Any], int] = len,
        keep: int | None = 40,
        explore: bool = False,
    ) -> None:
        self.streams = Streams(seed)
        self.hosts: list[Host] = []
        self.trace = Trace(describe, keep)
        self.traffic = Traffic()
        self.agenda = Agenda()
        if explore:
            self.agenda = ShuffledAgenda(self.streams.stream("explore").getrandbits)
        self.latency: Latency = latency or Constant(25)
        self.loss = loss
        self._size_of = size_of
        self._rules: list[Rule] = []
        self._by_endpoint: dict[Any, Host | Mapped] = {}
        self._under_way = 0
        self._deliver_now = self._deliver
        """Bound once: one object fewer for each datagram."""

    # Questions

    @property
    def now_ns(self) -> int:
        """Virtual nanoseconds since the start."""
        return self.agenda.now_ns

    @property
    def now_s(self) -> float:
        """Virtual seconds since the start."""
        return self.agenda.now_ns / NS_PER_S

    @property
    def under_way(self) -> int:
        """Datagrams that have been sent and have not arrived yet."""
        return self._under_way

    def host_at(self, endpoint: Any) -> Host | None:
        """The host that is reached at `endpoint`, directly or through a box."""
        found = self._by_endpoint.get(endpoint)
        return found.host if isinstance(found, Mapped) else found

    def is_free(self, endpoint: Any) -> bool:
        """Whether nobody is reached at `endpoint`."""
        return endpoint not in self._by_endpoint

    # Hosts

    def add_host(self, endpoint: Any, make_core: MakeCore) -> Host:
        """Add a machine that is down; `start` makes its core and brings it up."""
        if endpoint in self._by_endpoint:
            raise ValueError(f"there is a host at {endpoint} already")
        host = Host(len(self.hosts), endpoint, make_core)
        self.hosts.append(host)
        self._by_endpoint[endpoint] = host
        self.latency.grow(len(self.hosts))
        return host

    def start(self, host: Host) -> None:
        """Bring a host up: with the state it kept, or with a fresh core when there is none."""
        if host.core is None:
            host.core = host.make_core(host)
        host.up = True
        host.started_ns = self.now_ns
        host.wakes.clear()
        host.core.handle_timer(self.now_ns)
        self.collect(host)

    def crash(self, host: Host, *, keep_state: bool = False) -> None:
        """Stop a host without a word to anybody; its core is gone unless `keep_state`."""
        host.up = False
        host.wakes.clear()
        if not keep_state:
            host.core = None

    def put_behind(self, host: Host, box: Translator) -> None:
        """Let a host be reached only as `box` allows from now on."""
        self._by_endpoint.pop(host.endpoint, None)
        host.box = box

    def map(self, mapped: Mapped) -> None:
        """Let `mapped` be reached at its endpoint."""
        self._by_endpoint[mapped.endpoint] = mapped

    def unmap(self, mapped: Mapped) -> None:
        """Let it be reached no more."""
        self._by_endpoint.pop(mapped.endpoint, None)

    # Time

    def at(self, time_s: float, call: Callable[[], object]) -> None:
        """Call `call()` at `time_s` seconds of the world; now, when that is past."""
        time_ns = max(round(time_s * NS_PER_S), self.now_ns)
        self.agenda.at(time_ns, _call, call)

    def after(self, delay_s: float, call: Callable[[], object]) -> None:
        """Call `call()` in `delay_s` seconds."""
        self.agenda.at(self.now_ns + round(delay_s * NS_PER_S), _call, call)

    def run(self, until: float) -> None:
        """Let everything happen that is due up to `until` seconds of the world."""
        self.agenda.run(round(until * NS_PER_S))

    def step(self) -> bool:
        """Let the next thing happen; False when nothing is due, ever."""
        if self.agenda.next_ns is None:
            return False
        _, _, action, a, b, c, _ = self.agenda.pop()
        action(a, b, c)
        return True

    # Faults

    def add_rule(self, rule: Rule) -> None:
        """Ask `rule` about every datagram from now on."""
        self._rules.append(rule)

    def remove_rule(self, rule: Rule) -> None:
        """Ask it no more; nothing happens when it was not asked."""
        if rule in self._rules:
            self._rules.remove(rule)

    # Datagrams

    def collect(self, host: Host) -> None:
        """Carry out what a core wants after it was called: tell, send, wake it again."""
        core = host.core
        assert core is not None
        if events := core.events():
            on_event = host.on_event
            if on_event is not None:
                for event in events:
                    on_event(host, event)
        for data, endpoint in core.datagrams_to_send():
            self.send(data, host, endpoint)
        deadline, wakes = core.deadline, host.wakes
        if deadline is not None and not (wakes and wakes[-1] <= deadline):
            self._set_alarm(host, deadline)

    def forward(self, data: Any, source: Sender, destination: Host | Mapped) -> None:
        """Put a datagram on its way, past all faults; the network itself may still lose it."""
        if self.loss is not None and self.loss.lost(source.index, destination.index):
            self.traffic.lost_in_network += 1
            return
        self._under_way += 1
        latency, agenda = self.latency, self.agenda
        if latency.constant_ns is not None:
            agenda.after(latency.constant_ns, self._deliver_now, data, source, destination)
            return
        now_ns = agenda.now_ns
        delay = latency.delay_ns(source.index, destination.index, now_ns)
        agenda.at(now_ns + delay, self._deliver_now, data, source, destination)

    def send(self, data: Any, source: Host, endpoint: Any) -> None:
        """Send a datagram from a host, through faults and network."""
        traffic = self.traffic
        size = self._size_of(data)
        traffic.sent += 1
        traffic.sent_bytes += size
        source.sent += 1
        source.sent_bytes += size
        sender = source if source.box is None else source.box.outwards(source, endpoint)
        destination = self._by_endpoint.get(endpoint)
        if destination is None:
            traffic.lost_to_nobody += 1
            return
        if self._rules:
            for rule in self._rules:
                fate = rule.judge(sender, destination, data)
                if fate is Fate.LOST:
                    traffic.lost_to_faults += 1
                    return
                if fate is Fate.KEPT:
                    traffic.kept += 1
                    return
        self.forward(data, sender, destination)

    def _deliver(self, data: Any, source: Sender, to: Host | Mapped) -> None:
        """A datagram arrives: into the trace, into the core, and out what the core wants."""
        self._under_way -= 1
        traffic = self.traffic
        destination = to if isinstance(to, Host) else to.admit(source)
        if destination is None or not destination.up:
            traffic.lost_to_nobody += 1
            return
        size = self._size_of(data)
        traffic.delivered += 1
        traffic.delivered_bytes += size
        destination.received += 1
        destination.received_bytes += size
        now_ns = self.agenda.now_ns
        self.trace.delivered(now_ns, source.index, destination.index, data)
        core = destination.core
        assert core is not None
        core.receive_datagram(data, source.endpoint, now_ns)
        self.collect(destination)

    def _set_alarm(self, host: Host, deadline: int) -> None:
        # What is overdue comes a nanosecond later, so that no core can hold the clock.
        due = max(deadline, self.agenda.now_ns + 1)
        host.wakes.append(due)
        self.agenda.at(due, self._wake, host, due)

    def _wake(self, host: Host, due: int, _: Any) -> None:
        # Alarms from before a crash are not on the list any more.
        if not host.wakes or host.wakes[-1] != due:
            return
        host.wakes.pop()
        core = host.core
        assert core is not None
        deadline = core.deadline
        if deadline is not None and deadline > due:
            if not host.wakes or host.wakes[-1] > deadline:
                self._set_alarm(host, deadline)
            return
        core.handle_timer(due)
        self.collect(host)


def _call(call: Callable[[], object], _: Any, __: Any) -> None:
    call()
