"""Where vessels receive messages, as a text that programs in vessels can read."""

from collections.abc import Mapping

from seattle_p2p.errors import UsageError, VesselError
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.vessel.restrictions import parse_restrictions
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.results import VesselInfo


def message_ports(info: VesselInfo) -> list[int]:
    """UDP ports that it may receive on, lowest first; none when its node talks nonsense."""
    try:
        return sorted(parse_restrictions(info.restrictions).ports("messport"))
    except UsageError:
        return []


def neighbour_lines(states: Mapping[Vessel, VesselInfo]) -> list[str]:
    """One line a vessel: name, address of its node, its highest port for messages.

    Raises:
        VesselError: a vessel may receive on no port at all.
    """
    lines = []
    for vessel, info in states.items():
        ports = message_ports(info)
        if not ports:
            raise VesselError(
                f"{vessel.name} has no port for messages",
                hint="leave it out; its restrictions grant no messport",
            )
        host = PeerAddress.from_text(vessel.endpoints[0]).host
        lines.append(f"{vessel.name} {host} {ports[-1]}\n")
    return lines
