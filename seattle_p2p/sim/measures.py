"""What a run is measured by: discoveries, joins, traffic, load. It all repeats with the seed.

What depends on the machine (seconds of CPU, memory) is kept apart, in `Cost`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_BAD_LUCK = 0.01
"""So many of all visits may meet a broken rule because datagrams were lost ..."""
_FEW_DOUBTS = 3
"""... and so many always."""


@dataclass
class Discovery:
    """One look of an owner for all vessels, from question to answer.

    Args:
        owner: Number of the person.
        started_ns: When it was asked.
        last: Whether it is the last look of the run.
        expected: Members that were up and advertised when it began.
    """

    owner: int
    started_ns: int
    last: bool
    expected: frozenset[int]
    found: dict[int, int] = field(default_factory=dict)
    """Member → when it was shown, in ns."""
    dead_shown: int = 0
    """Adverts handed on as alive whose host was down at that moment."""
    strangers: list[int] = field(default_factory=list)
    """Members shown that never advertised under the owner's key."""
    told_twice: int = 0
    """Adverts of a member that was shown before, none of them newer."""
    given_up: int = 0
    """Adverts in the records whose node did not prove that it lives."""
    done_ns: int | None = None
    complete: bool = False
    lived: frozenset[int] = frozenset()
    """Those of `expected` that were still up at the end: what a perfect answer holds."""

    @property
    def missing(self) -> frozenset[int]:
        """Members that lived all the while and were not found."""
        return self.lived.difference(self.found)


@dataclass(frozen=True)
class Sample:
    """The world at one moment, since the sample before.

    Args:
        now_s: When.
        up: Machines that run.
        sent: Datagrams sent since the last sample.
        sent_bytes: Their octets.
        lost: Datagrams lost since the last sample, to the network, to faults, to nobody.
    """

    now_s: float
    up: int
    sent: int
    sent_bytes: int
    lost: int


class Tally:
    """Everything that is noted while a world runs."""

    def __init__(self) -> None:
        self.joins_ns: list[int] = []
        self.failed_joins = 0
        self.first_published_ns: list[int] = []
        self.holders: list[int] = []
        self.withdrawn = 0
        self.discoveries: list[Discovery] = []
        self.lookups: list[LookupSample] = []
        self.samples: list[Sample] = []
        self.provocations = 0
        """Visits of nodes that try whether rules are kept."""
        self.given_in: list[str] = []
        """Rules that were not."""
        self._doubtful: list[str] = []

    def give_in(self, broken: str, doubtful: bool) -> None:
        """A rule was broken; one that bad luck may break counts when it happens often."""
        if not doubtful:
            self.given_in.append(broken)
            return
        self._doubtful.append(broken)
        if len(self._doubtful) > max(self.provocations * _BAD_LUCK, _FEW_DOUBTS):
            self.given_in += self._doubtful
            self._doubtful.clear()

    def discovery_measures(self) -> dict[str, float]:
        """Recall, precision and times of all finished discoveries.

        `first_ms` until the first vessel was shown, `all_ms` until the last that lived was,
        `done_ms` until the answer was complete: dead ones had their chance.
        """
        done = [look for look in self.discoveries if look.done_ns is not None]
        lived = sum(len(look.lived) for look in done)
        missing = sum(len(look.missing) for look in done)
        shown = sum(len(look.found) for look in done)
        dead = sum(look.dead_shown for look in done)
        first = [min(look.found.values()) - look.started_ns for look in done if look.found]
        whole = [look.done_ns - look.started_ns for look in done if look.done_ns is not None]
        last = [
            max(look.found[member] for member in look.lived) - look.started_ns
            for look in done
            if look.lived and not look.missing
        ]
        return {
            "discovery.count": len(self.discoveries),
            "discovery.unfinished": len(self.discoveries) - len(done),
            "discovery.recall": 1 - missing / lived if lived else 1.0,
            "discovery.precision": shown / (shown + dead) if shown else 1.0,
            "discovery.dead_shown": dead,
            "discovery.given_up_mean": mean([look.given_up for look in done]),
            **percentiles("discovery.first_ms", first, per=1e6),
            **percentiles("discovery.all_ms", last, per=1e6),
            **percentiles("discovery.done_ms", whole, per=1e6),
        }

    def lookup_measures(self) -> dict[str, float]:
        """How right and how quick plain lookups were; nothing when there were none."""
        if not self.lookups:
            return {}
        wanted = sum(sample.wanted for sample in self.lookups)
        right = sum(sample.right for sample in self.lookups)
        return {
            "lookup.count": len(self.lookups),
            "lookup.correct": right / wanted if wanted else 1.0,
            "lookup.exact": sum(s.right == s.wanted for s in self.lookups) / len(self.lookups),
            "lookup.requests": mean([sample.asked for sample in self.lookups]),
            "lookup.hops": mean([sample.hops for sample in self.lookups]),
            **percentiles("lookup.ms", [s.took_ns for s in self.lookups], per=1e6),
            **percentiles("lookup.floor_ms", [s.floor_ns for s in self.lookups], per=1e6),
            **percentiles("lookup.stretch", [s.took_ns / s.floor_ns for s in self.lookups]),
            **percentiles("lookup.first_ms", [s.first_ns for s in self.lookups], per=1e6),
            **percentiles("lookup.closest_ms", [s.closest_ns for s in self.lookups], per=1e6),
            **percentiles(
                "lookup.closest_stretch", [s.closest_ns / s.direct_ns for s in self.lookups]
            ),
        }

    def membership_measures(self) -> dict[str, float]:
        """Joins and first publications."""
        return {
            "join.count": len(self.joins_ns),
            "join.failed": self.failed_joins,
            **percentiles("join.ms", self.joins_ns, per=1e6),
            "publish.count": len(self.first_published_ns),
            "publish.holders_mean": mean(self.holders),
            "publish.holders_least": min(self.holders, default=0),
            **percentiles("publish.ms", self.first_published_ns, per=1e6),
        }


@dataclass(frozen=True)
class LookupSample:
    """One plain lookup against what the oracle knows.

    Args:
        wanted: Peers the oracle's answer holds.
        right: Those of them that were found.
        asked: Requests it took.
        took_ns: From question to answer: each of the closest had its say.
        hops: Questions that led to the closest peer found, each by the answer before.
        floor_ns: The slowest of the round trips to all peers of the oracle's answer: who knew
            them beforehand, and asked them all at once, would wait so long.
        first_ns: When the first of them had answered; like `took_ns` when none did.
        closest_ns: When the closest of them had answered; likewise.
        direct_ns: The round trip to that one.
    """

    wanted: int
    right: int
    asked: int
    took_ns: int
    hops: int = 1
    floor_ns: int = 1
    first_ns: int = 0
    closest_ns: int = 0
    direct_ns: int = 1


@dataclass(frozen=True)
class Cost:
    """What a run cost this machine; differs from run to run.

    Args:
        cpu_s: Seconds of this process.
        wall_s: Seconds of the clock on the wall.
        peak_rss_bytes: Most memory the process ever held.
        messages: Datagrams delivered.
    """

    cpu_s: float
    wall_s: float
    peak_rss_bytes: int
    messages: int

    @property
    def us_per_message(self) -> float:
        """Microseconds of CPU for each delivered datagram, everything included."""
        return self.cpu_s * 1e6 / self.messages if self.messages else 0.0


def percentiles(name: str, values: Sequence[float], *, per: float = 1) -> dict[str, float]:
    """`name_p50`, `_p90` and `_p99` of `values`, each divided by `per`; nothing of nothing."""
    if not values:
        return {}
    ordered = sorted(values)
    return {
        f"{name}_p{percent}": round(percentile(ordered, percent / 100) / per, 3)
        for percent in (50, 90, 99)
    }


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest of the sorted values that `share` of them do not exceed (nearest rank)."""
    rank = max(-(-round(share * len(ordered) * 1e6) // 1_000_000), 1)
    return ordered[min(rank, len(ordered)) - 1]


def gini(values: Iterable[float]) -> float:
    """Gini coefficient: 0 when all carry the same, towards 1 when one carries everything."""
    ordered = sorted(values)
    total = sum(ordered)
    if not ordered or not total:
        return 0.0
    weighted = sum(rank * value for rank, value in enumerate(ordered, 1))
    count = len(ordered)
    return 2 * weighted / (count * total) - (count + 1) / count


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0
