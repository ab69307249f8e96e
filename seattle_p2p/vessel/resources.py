"""Amounts of a vessel's resources and their arithmetic: pure, exact, never negative.

Renewable amounts (shares of a core, bytes per second) may have a fraction; they are kept as
whole millionths, so that a split and the join that follows give back exactly what was there.
Names are those of Repy V2's resource files, which researchers already have.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal

import msgspec

from seattle_p2p.errors import OutOfResources, UsageError

RENEWABLE = (
    "cpu",
    "fileread",
    "filewrite",
    "netsend",
    "netrecv",
    "loopsend",
    "looprecv",
    "lograte",
    "random",
)
"""Come back with time: `cpu` in cores, all others in bytes per second."""

COUNTED = ("memory", "diskused", "events", "filesopened", "insockets", "outsockets")
"""Held until given back: `memory` and `diskused` in bytes, the rest in pieces; events are
threads."""

PORTS = ("messport", "connport")
"""Local ports a program may use: UDP and TCP."""

REQUIRED = ("cpu", "memory", "diskused")
"""What every vessel must name; all else is nothing unless named."""

VESSEL_PORTS = range(63100, 63200)
"""Where vessels listen, on every machine; node managers never do."""

MILLIONTHS = 1_000_000
"""Smallest part of a renewable amount."""

MAX_AMOUNT = 10**15
"""Largest amount of anything: far above any machine, and arithmetic stays small."""


class Resources(msgspec.Struct, frozen=True):
    """How much of everything a vessel has, or may use, or costs.

    Args:
        quantities: Whole numbers by resource name: millionths for `RENEWABLE`, units for
            `COUNTED`. Names left out count as 0. Build with `Resources.of`.
        messport: UDP ports.
        connport: TCP ports.

    Raises:
        UsageError: An unknown name, or an amount below 0 or above `MAX_AMOUNT`.
    """

    quantities: Mapping[str, int] = msgspec.field(default_factory=dict)
    messport: frozenset[int] = frozenset()
    connport: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        """Check every amount and leave zeros out, so that equal amounts compare equal."""
        for name, quantity in self.quantities.items():
            if name not in RENEWABLE and name not in COUNTED:
                raise UsageError(f"there is no resource {name!r}")
            most = MAX_AMOUNT * (MILLIONTHS if name in RENEWABLE else 1)
            if type(quantity) is not int or not 0 <= quantity <= most:
                raise UsageError(f"{name}: {quantity} is not an amount from 0 to {most}")
        for port in self.messport | self.connport:
            if type(port) is not int or not 1 <= port <= 65535:
                raise UsageError(f"{port} is not a port from 1 to 65535")
        kept = {name: quantity for name, quantity in self.quantities.items() if quantity}
        msgspec.structs.force_setattr(self, "quantities", kept)

    def __hash__(self) -> int:
        """Equal amounts have equal hashes."""
        return hash((frozenset(self.quantities.items()), self.messport, self.connport))

    @classmethod
    def of(
        cls,
        amounts: Mapping[str, int | float | Decimal],
        *,
        messport: Iterable[int] = (),
        connport: Iterable[int] = (),
    ) -> "Resources":
        """Amounts as people write them: cores, bytes, bytes per second, pieces.

        Fractions finer than a millionth are rounded down; counted amounts must be whole.
        """
        quantities = {name: to_quantity(name, amount) for name, amount in amounts.items()}
        return cls(quantities, frozenset(messport), frozenset(connport))

    def amount(self, name: str) -> float:
        """How much of a renewable or counted resource, in its unit; 0 when not named."""
        quantity = self.quantities.get(name, 0)
        return quantity / MILLIONTHS if name in RENEWABLE else quantity

    def count(self, name: str) -> int:
        """How many of a counted resource."""
        assert name in COUNTED
        return self.quantities.get(name, 0)

    @property
    def cpu(self) -> float:
        """Share of one core: 0.1 is a tenth, 2.0 are two cores."""
        return self.amount("cpu")

    @property
    def memory(self) -> int:
        """Bytes above an idle vessel."""
        return self.count("memory")

    @property
    def disk(self) -> int:
        """Bytes of all files together."""
        return self.count("diskused")

    def plus(self, other: "Resources") -> "Resources":
        """Both together; ports are united."""
        names = self.quantities.keys() | other.quantities.keys()
        return Resources(
            {n: self.quantities.get(n, 0) + other.quantities.get(n, 0) for n in names},
            self.messport | other.messport,
            self.connport | other.connport,
        )

    def minus(self, other: "Resources") -> "Resources":
        """What is left after taking `other` away.

        Raises:
            OutOfResources: Something of `other` is not there; names the first such resource.
        """
        left = dict(self.quantities)
        for name in (*RENEWABLE, *COUNTED):
            taken = other.quantities.get(name, 0)
            if taken > left.get(name, 0):
                raise OutOfResources(
                    name, wanted=other.amount(name), available=self.amount(name)
                )
            left[name] = left.get(name, 0) - taken
        for name in PORTS:
            missing = other.ports(name) - self.ports(name)
            if missing:
                raise OutOfResources(f"{name} {min(missing)}", wanted=len(missing), available=0)
        return Resources(left, self.messport - other.messport, self.connport - other.connport)

    def ports(self, name: str) -> frozenset[int]:
        """The ports of kind ``"messport"`` or ``"connport"``."""
        return self.messport if name == "messport" else self.connport

    def covers(self, other: "Resources") -> bool:
        """True when `other` could be taken away."""
        try:
            self.minus(other)
        except OutOfResources:
            return False
        return True

    def scale(self, percent: float) -> "Resources":
        """A share of every amount, rounded down; ports stay behind (they are handed out apart).

        Args:
            percent: 0 to 100.
        """
        share = Decimal(str(percent)) / 100
        if not 0 <= share <= 1:
            raise UsageError(f"{percent} is not a share from 0 to 100 percent")
        return Resources({n: int(q * share) for n, q in self.quantities.items()})

    def divide(self, percents: Sequence[int]) -> list["Resources"]:
        """Cut everything into shares whose sum is exactly this, ports in consecutive runs.

        Args:
            percents: Shares in percent that total 100.

        Raises:
            UsageError: They do not total 100, or one is negative.
        """
        if sum(percents) != 100 or min(percents, default=0) < 0:
            raise UsageError(f"shares must total 100 percent, not {sum(percents)}")
        shares = []
        begin = 0
        for percent in percents:
            end = begin + percent
            cut = {n: q * end // 100 - q * begin // 100 for n, q in self.quantities.items()}
            runs = [_run(self.ports(name), begin, end) for name in PORTS]
            shares.append(Resources(cut, runs[0], runs[1]))
            begin = end
        return shares

    def split(
        self, requested: "Resources", offcut: "Resources | None" = None
    ) -> tuple["Resources", "Resources"]:
        """Two vessels out of one: (what is left, what was requested); the offcut is gone.

        Raises:
            OutOfResources: Not even the offcut fits, or the request does not.
        """
        return self.minus(OFFCUT if offcut is None else offcut).minus(requested), requested

    def join(self, other: "Resources", offcut: "Resources | None" = None) -> "Resources":
        """One vessel out of two: both amounts and the offcut that their split had cost."""
        return self.plus(other).plus(OFFCUT if offcut is None else offcut)


def to_quantity(name: str, amount: int | float | Decimal) -> int:
    """The whole number kept for an amount of `name`.

    Raises:
        UsageError: Not finite, negative, or a fraction of something that comes in pieces.
    """
    exact = amount if isinstance(amount, Decimal) else Decimal(str(amount))
    if not exact.is_finite() or exact < 0 or exact > MAX_AMOUNT:
        raise UsageError(f"{name}: {str(amount)[:30]} is not an amount from 0 to {MAX_AMOUNT}")
    if name in RENEWABLE:
        return int((exact * MILLIONTHS).to_integral_value(rounding=ROUND_FLOOR))
    if exact != exact.to_integral_value():
        raise UsageError(f"{name}: {str(amount)[:30]} is not a whole number")
    return int(exact)


def _run(ports: frozenset[int], begin: int, end: int) -> frozenset[int]:
    """The ports from `begin` to `end` percent of the sorted list."""
    ordered = sorted(ports)
    return frozenset(ordered[len(ordered) * begin // 100 : len(ordered) * end // 100])


OFFCUT = Resources.of(
    {
        "cpu": Decimal("0.002"),
        "memory": 1_000_000,
        "diskused": 100_000,
        "events": 2,
        "filesopened": 1,
        "filewrite": 1000,
        "fileread": 1000,
        "lograte": 100,
    }
)
"""What one split costs: the overhead of one more vessel, as Seattle had it."""
