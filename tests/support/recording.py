"""Records what goes into and comes out of an overlay core, and replays it in a world.

`Recorder` stands between a driver and a core and keeps the driver's contract. `Replay` feeds
the same inputs at the same times to fresh cores that live in a `World`, whose own paths for
delivery and sending are used; only its alarms are set by the recording, since a real loop is
never on time to the nanosecond.
"""

from dataclasses import dataclass, field
from typing import Any

from seattle_p2p.sim.world import Host, Sender, World

INPUTS = {
    "receive_datagram",
    "handle_timer",
    "set_local_endpoints",
    "join",
    "look_up",
    "find_adverts",
    "publish",
    "withdraw",
    "confirm",
    "ping",
    "cancel",
}


@dataclass
class Recording:
    """One core's life.

    Attributes:
        inputs: (method, arguments, keyword arguments, what it returned), in order.
        outputs: (datagram, endpoint) pairs, in order.
        events: What the application was told, in order.
    """

    inputs: list[tuple[str, tuple[Any, ...], dict[str, Any], Any]] = field(default_factory=list)
    outputs: list[tuple[bytes, Any]] = field(default_factory=list)
    events: list[Any] = field(default_factory=list)


class Recorder:
    """A core seen through a recording; anything else is the core's own."""

    def __init__(self, core: Any) -> None:
        self._core = core
        self.recording = Recording()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._core, name)
        if name not in INPUTS:
            return method

        def record(*arguments: Any, **named: Any) -> Any:
            result = method(*arguments, **named)
            self.recording.inputs.append((name, arguments, named, result))
            return result

        return record

    def datagrams_to_send(self) -> list[tuple[bytes, Any]]:
        out = self._core.datagrams_to_send()
        self.recording.outputs += out
        return out

    def events(self) -> list[Any]:
        events = self._core.events()
        self.recording.events += events
        return events


class Replay(World):
    """Replays recordings, each into a host of its own.

    Args:
        cores: (recording, endpoint, fresh core) of each node.
    """

    def __init__(self, cores: list[tuple[Recording, Any, Any]]) -> None:
        super().__init__(0)
        self.outputs: list[list[tuple[bytes, Any]]] = [[] for _ in cores]
        self.told: list[list[Any]] = [[] for _ in cores]
        self.returned: list[list[Any]] = [[] for _ in cores]
        for _, endpoint, core in cores:
            host = self.add_host(endpoint, lambda host, core=core: core)
            host.core, host.up = core, True
            host.on_event = lambda host, event: self.told[host.index].append(event)
        order = []
        for index, (recording, _, _) in enumerate(cores):
            now = 0
            for number, entry in enumerate(recording.inputs):
                # A call without a time belongs to the moment of the one before it.
                now = max(now, time_of(entry) or now)
                order.append((now, index, number, entry))
        for now, index, _, entry in sorted(order, key=lambda item: item[:3]):
            self.agenda.at(now, self._input, self.hosts[index], entry)

    def send(self, data: Any, source: Host, endpoint: Any) -> None:
        self.outputs[source.index].append((data, endpoint))

    def collect(self, host: Host) -> None:
        # Alarms come from the recording: one that is over already keeps others from being set.
        host.wakes = [-1]
        super().collect(host)

    def _input(self, host: Host, entry: Any, _: Any) -> None:
        name, arguments, named, _ = entry
        if name == "receive_datagram":
            data, source, _ = arguments
            self._under_way += 1
            self._deliver(data, Sender(host.index, source), host)
            result = None
        else:
            result = getattr(host.core, name)(*arguments, **named)
            self.collect(host)
        self.returned[host.index].append(result)


def time_of(entry: tuple[str, tuple[Any, ...], dict[str, Any], Any]) -> int | None:
    """The `now` an input was given; None for calls that take none."""
    name, arguments, named, _ = entry
    if name == "set_local_endpoints":
        return None
    now = named.get("now", arguments[-1] if arguments else None)
    assert isinstance(now, int), entry
    return now
