"""The tables of a scenario file: fields with defaults, and units in their names.

Read and checked by `scenario`.
"""

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from seattle_p2p.overlay.params import Params

SCHEMA_VERSION = 1

Share: TypeAlias = Annotated[float, Meta(ge=0, le=1)]
Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=10_000_000)]
Count: TypeAlias = Annotated[int, Meta(ge=1, le=10_000_000)]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file: fields that nobody knows are refused."""


class About(Part, frozen=True, kw_only=True):
    """What the run is.

    Args:
        name: Short name, for reports.
        question: The question it answers, in a sentence.
        seed: Used when the command line gives none.
        duration_s: Virtual seconds from the first node to the end.
        mode: `objects` hands messages over as they are; `wire` encodes and decodes each.
        explore: Things of one instant happen in an order drawn at random, instead of that in
            which they were planned: run a few seeds to find what depends on it.
        signer: `real` Ed25519, `simulated`, or `auto`: simulated above 1,000 nodes.
    """

    name: str
    question: str = ""
    seed: int = 1
    duration_s: Annotated[float, Meta(gt=0, le=10_000_000)]
    mode: Literal["objects", "wire"] = "objects"
    explore: bool = False
    signer: Literal["auto", "real", "simulated"] = "auto"


class NodeGroup(Part, frozen=True, kw_only=True):
    """Machines of one kind.

    Args:
        name: How faults refer to the group.
        count: How many.
        role: `node` donates vessels, `bootstrap` is what others join through (and starts
            first), `experimenter` owns vessels and looks for them, `provoker` holds no vessels
            and tries whether its contacts keep the rules.
        join_at_s: When the first joins.
        join_span_s: They come evenly spread over so long.
        vessels: Vessels of each node, each of another owner.
        ip_group_size: Nodes that share one IP group (/24).
        nat: Kind of the box that a share of them is behind; `cgnat` boxes serve 16 each.
        nat_share: That share, drawn at random.
    """

    name: str
    count: Count
    role: Literal["node", "bootstrap", "experimenter", "provoker"] = "node"
    join_at_s: Seconds = 0
    join_span_s: Seconds = 0
    vessels: Annotated[int, Meta(ge=0, le=100)] = 1
    ip_group_size: Count = 1
    nat: Literal["none", "full_cone", "restricted", "port_restricted", "symmetric", "cgnat"] = (
        "none"
    )
    nat_share: Share = 1


class Network(Part, frozen=True, kw_only=True):
    """What lies between hosts.

    Args:
        latency: A constant, a preset fitted to measurements, or a matrix from a file.
        latency_ms: One-way delay of `constant`.
        latency_file: CSV of round trips in ms for `matrix`; a path from the scenario's folder.
        latency_scale: Multiplies every delay.
        loss: Share of datagrams lost, each by itself.
        burst_loss: Share lost in bursts (Gilbert-Elliott), instead of `loss`.
        burst_length: Mean datagrams in a burst.
        duplicate: Share of datagrams that arrive twice.
        reorder: Share of datagrams that is held up, so that later ones overtake it ...
        reorder_ms: ... for anything up to so long.
        corrupt: Share of datagrams with one octet changed; needs mode `wire`.
        uplink_kbps: What each machine can send; more waits, or is lost after a second; without
            bound when 0.
        clock_skew: Machines' clocks run too fast or too slow by up to this share, each by its
            own.
    """

    latency: Literal["constant", "planetlab", "seattle", "residential", "matrix"] = "planetlab"
    latency_ms: Annotated[float, Meta(gt=0, le=60_000)] = 25
    latency_file: str = ""
    latency_scale: Annotated[float, Meta(gt=0, le=100)] = 1
    loss: Share = 0
    burst_loss: Share = 0
    burst_length: Annotated[float, Meta(ge=1, le=10_000)] = 5
    duplicate: Share = 0
    reorder: Share = 0
    reorder_ms: Annotated[float, Meta(gt=0, le=60_000)] = 200
    corrupt: Share = 0
    uplink_kbps: Annotated[float, Meta(ge=0)] = 0
    clock_skew: Annotated[float, Meta(ge=0, le=0.5)] = 0


class Churn(Part, frozen=True, kw_only=True):
    """Who comes and goes, among the hosts of role `node`.

    Args:
        preset: A measured population, `weibull` with the parameters below, or `none`.
        from_s: When it sets in.
        until_s: When it ends; the end of the run when 0.
        session_shape: Weibull k of sessions.
        session_scale_s: Weibull λ of sessions.
        downtime_mean_s: Mean of the (exponential) time a host stays away.
        keep_state: Share of returns at which the core's state survived.
        rotate_id: Share of returns under a new key.
        graceful: Share of departures that withdraw adverts first.
        site_restart_every_s: Mean time between two restarts of a whole site, which is all
            machines of one IP group; never when 0.
        site_down_s: How long the site is away.
        night_share: Share of machines that their owners switch off at night, each by the time
            zone it lies in.
        night_hours: Length of the night.
    """

    preset: Literal["none", "seattle2011", "ipfs", "bt-debian", "kad", "weibull"] = "none"
    from_s: Seconds = 0
    until_s: Seconds = 0
    session_shape: Annotated[float, Meta(gt=0, le=10)] = 0.6
    session_scale_s: Annotated[float, Meta(gt=0)] = 3600
    downtime_mean_s: Annotated[float, Meta(gt=0)] = 600
    keep_state: Share = 0
    rotate_id: Share = 0
    graceful: Share = 0
    site_restart_every_s: Seconds = 0
    site_down_s: Annotated[float, Meta(gt=0)] = 120
    night_share: Share = 0
    night_hours: Annotated[float, Meta(gt=0, lt=24)] = 9


class Workload(Part, frozen=True, kw_only=True):
    """What people do.

    Args:
        owners: Keys that own vessels; 0 makes one per experimenter.
        popularity: How vessels are dealt to owners.
        zipf_exponent: Of popularity `zipf`.
        discover_from_s: From when owners look for their vessels.
        discover_every_s: Mean time between two looks of one owner; never when 0.
        last_look_s: Every owner looks once more, so long before the end at most.
        commands_every_s: Mean time between two rounds of signed commands of one owner to all of
            its vessels, each found by its key first; never when 0.
        strangers: Share of visits to a node after which somebody without rights there tries
            the same commands.
        cut_share: Share of commands whose connection is cut before the reply is there.
        lookups_per_s: Plain lookups of random targets by random nodes, in the whole network,
            compared with what an oracle knows; from `discover_from_s` on.
    """

    owners: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    popularity: Literal["uniform", "zipf"] = "uniform"
    zipf_exponent: Annotated[float, Meta(gt=0, le=5)] = 1
    discover_from_s: Seconds = 0
    discover_every_s: Seconds = 0
    last_look_s: Seconds = 30
    commands_every_s: Seconds = 0
    strangers: Share = 0.1
    cut_share: Share = 0
    lookups_per_s: Annotated[float, Meta(ge=0, le=100_000)] = 0


class Fault(Part, frozen=True, kw_only=True):
    """Something that goes wrong at a stated time.

    Args:
        kind: `crash` (without a word), `leave` (adverts withdrawn), `withdraw` (the same, but
            the machine stays), `restart` (those that are down), `partition`, `gray`,
            `duplicate`, `stray` (answers leave from another address, as some machines with
            several do), or `drop` of one datagram.
        at_s: When.
        for_s: How long; to the end when 0. For crash, leave and withdraw: back after so long.
        group: Whom; all hosts of role `node` when empty.
        share: Which share of them, drawn at random; `gray`, `duplicate`: all, or this share.
        loss: Of a gray host.
        one_way: Of a partition: only what the chosen send is lost.
        keep_state: Of a restart: whether cores remember.
        number: Of drop: which datagram after `at_s`, from 0.
    """

    kind: Literal[
        "crash",
        "leave",
        "withdraw",
        "restart",
        "partition",
        "gray",
        "duplicate",
        "stray",
        "drop",
    ]
    at_s: Seconds
    for_s: Seconds = 0
    group: str = ""
    share: Share = 1
    loss: Share = 0.5
    one_way: bool = False
    keep_state: bool = False
    number: Annotated[int, Meta(ge=0)] = 0


class Attack(Part, frozen=True, kw_only=True):
    """Liars: Sybils that join with ids ground close to one owner's key, or nodes that turn.

    Args:
        kind: What they do besides keeping no advert they say they keep. `withhold`: nothing;
            `misroute`: name only each other; `invent`: name peers that do not exist, in many
            IP groups; `ignore`: leave every question unanswered.
        at_s: When they join, or turn.
        owner: Number of the owner whose key they crowd round.
        count: How many Sybils.
        tries: Keys made for each of them; the closest are used.
        ip_groups: IP groups they share.
        share: Turn that share of the ordinary nodes instead of adding Sybils.
    """

    kind: Literal["withhold", "misroute", "invent", "ignore"]
    at_s: Seconds
    owner: Annotated[int, Meta(ge=0)] = 0
    count: Count = 100
    tries: Annotated[int, Meta(ge=1, le=100_000)] = 1000
    ip_groups: Count = 4
    share: Share = 0


class Expect(Part, frozen=True, kw_only=True):
    """A bound on one measure; the run is breached when it is not kept.

    Args:
        measure: Name as in the measures of the result.
        at_least: Lowest value that will do.
        at_most: Highest value that will do.
    """

    measure: str
    at_least: float | None = None
    at_most: float | None = None


class Sweep(Part, frozen=True, kw_only=True):
    """Which runs `seattle sim sweep` makes: every combination of values, with every seed.

    Args:
        seeds: The seeds.
        axes: Values by the path of a field: ``"network.loss" = [0.0, 0.02]``.
        measures: Those that the summary shows.
    """

    seeds: tuple[int, ...] = ()
    axes: dict[str, tuple[float | int | str | bool, ...]] = {}
    measures: tuple[str, ...] = (
        "discovery.recall",
        "discovery.precision",
        "discovery.done_ms_p50",
        "traffic.messages_per_node_per_s",
    )


class Scenario(Part, frozen=True, kw_only=True):
    """A whole scenario. `overlay` are the overlay's own parameters, see `overlay/params.py`."""

    version: int
    meta: About
    nodes: Annotated[tuple[NodeGroup, ...], Meta(min_length=1)]
    network: Network = Network()
    churn: Churn = Churn()
    overlay: Params = Params()
    workload: Workload = Workload()
    faults: tuple[Fault, ...] = ()
    attacks: tuple[Attack, ...] = ()
    expect: tuple[Expect, ...] = ()
    sweep: Sweep = Sweep()

    @property
    def hosts(self) -> int:
        """Machines in all, attackers' included."""
        sybils = sum(attack.count for attack in self.attacks if not attack.share)
        return sybils + sum(group.count for group in self.nodes)


class Expected(Part, frozen=True, kw_only=True):
    """`expected.toml`: bounds beside a scenario."""

    version: int
    expect: tuple[Expect, ...] = ()
