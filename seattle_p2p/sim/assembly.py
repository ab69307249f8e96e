"""The parts of a world, made as a scenario says."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from seattle_p2p.overlay.contact import Endpoint
from seattle_p2p.sim import disturbances, faults, links
from seattle_p2p.sim.geography import PLANETLAB, SEATTLE
from seattle_p2p.sim.scenario import Fault, Network, Scenario
from seattle_p2p.sim.signing import REAL_UP_TO, CheapSignatures, RealSignatures, Signatures
from seattle_p2p.sim.streams import Streams
from seattle_p2p.sim.world import Host, Sender, World


def make_latency(scenario: Scenario, streams: Streams, folder: Path = Path()) -> links.Latency:
    """The latency model that a scenario asks for. Raises `BadPlan` for a broken matrix."""
    network = scenario.network
    if network.latency == "constant":
        return links.Constant(network.latency_ms * network.latency_scale)
    if network.latency == "matrix":
        matrix = links.read_matrix(folder / network.latency_file)
        return links.Matrix(matrix, streams, network.latency_scale)
    if network.latency == "residential":
        return links.Residential(streams, network.latency_scale)
    geography = PLANETLAB if network.latency == "planetlab" else SEATTLE
    return links.Synthetic(geography, streams, network.latency_scale)


def make_loss(scenario: Scenario, streams: Streams) -> links.Loss | None:
    """The loss model that a scenario asks for; None when nothing is lost."""
    network = scenario.network
    if network.burst_loss:
        to_good = 1 / network.burst_length
        share = min(network.burst_loss, 0.99)
        return links.GilbertElliott(to_good * share / (1 - share), to_good, 1.0, streams)
    return links.Bernoulli(network.loss, streams) if network.loss else None


def make_signatures(scenario: Scenario, streams: Streams) -> Signatures:
    """Real or cheap signatures, as the scenario says or its size makes sensible."""
    signer = scenario.meta.signer
    if signer == "real" or (signer == "auto" and scenario.hosts <= REAL_UP_TO):
        return RealSignatures()
    return CheapSignatures(streams.secret("signatures", 64))


def make_disturbances(
    network: Network, world: World, size_of: Callable[[Any], int]
) -> list[faults.Rule]:
    """What links do to datagrams for the whole run, besides losing them."""
    rules: list[faults.Rule] = []
    if network.duplicate:
        rules.append(faults.Doubled(world, network.duplicate))
    if network.corrupt:
        rules.append(disturbances.WrongBits(world, network.corrupt))
    if network.reorder:
        rules.append(disturbances.Overtaken(world, network.reorder, network.reorder_ms))
    if network.uplink_kbps:
        rules.append(disturbances.ThinLines(world, network.uplink_kbps, size_of))
    return rules


def make_rule(
    fault: Fault,
    world: World,
    hosts: list[Host],
    strays: Mapping[int, Endpoint],
    is_answer: Callable[[Any], bool],
) -> faults.Rule:
    """The rule that a fault of the network is while it lasts.

    Args:
        strays: Where the answers of strays come from, by host.
        is_answer: Whether a datagram answers another.
    """
    chosen = frozenset(host.index for host in hosts)
    if fault.kind == "partition":
        others = [host for host in world.hosts if host.index not in chosen]
        return faults.Partition(hosts, others, one_way=fault.one_way)
    if fault.kind == "drop":
        return faults.Nth(fault.number)
    if fault.kind == "gray":
        return faults.Gray(world, hosts, fault.loss)
    if fault.kind == "stray":
        seem = {host.index: Sender(host.index, strays[host.index]) for host in hosts}
        return faults.Stray(world, seem, is_answer)
    return faults.Doubled(world, fault.share)
