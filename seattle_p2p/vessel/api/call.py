"""The columns of the tables."""

from collections.abc import Sequence
from dataclasses import dataclass

from seattle_p2p.vessel.resources import COUNTED


@dataclass(frozen=True, slots=True)
class Cost:
    """What a call takes of one resource.

    Args:
        resource: Name as in the resource file; ``send`` and ``recv`` stand for ``loopsend`` and
            ``looprecv`` on loopback and for ``netsend`` and ``netrecv`` everywhere else.
        amount: Bytes, or pieces of what is counted.
        each: What more is taken: ``byte`` adds the bytes that were moved, ``block`` makes
            `amount` the price of every 4096-byte block that is touched, at least one.
        when: Empty for always.
    """

    resource: str
    amount: int
    each: str = ""
    when: str = ""

    def __str__(self) -> str:
        """As people read it: ``send 64 + 1 for each byte``."""
        price = str(self.amount)
        if self.each == "byte":
            price = f"{price} + 1 for each byte" if self.amount else "1 for each byte"
        elif self.each:
            price = f"{price} for each {self.each}"
        return " ".join(filter(None, (self.resource, price, self.when)))


@dataclass(frozen=True, slots=True)
class Call:
    """One call, or one method of an object that a call returned.

    Args:
        name: ``openfile``, or ``file.readat`` for a method.
        ids: Of the original's calls, for `docs/know/from-seattle.md`.
        arguments: As in a `def`.
        returns: What comes back.
        what: A few sentences.
        costs: What it takes, in the order it is taken.
        waits: What it may wait for besides a rate that is used up; empty for nothing.
        errors: Exceptions and when they come: the first that applies is raised.
        example: A program that runs.
    """

    name: str
    ids: str
    arguments: str
    returns: str
    what: str
    costs: tuple[Cost, ...] = ()
    waits: str = ""
    errors: tuple[tuple[str, str], ...] = ()
    example: str = ""

    @property
    def metered(self) -> bool:
        """Whether a rate is charged, so that it may wait for it."""
        return any(cost.resource not in COUNTED for cost in self.costs)


def find(name: str, calls: Sequence[Call]) -> list[Call]:
    """Calls of a name, also of a method without its object; a prefix when nothing fits."""
    wanted = name.lower()
    exact = [c for c in calls if wanted in (c.name, c.name.rpartition(".")[2])]
    return exact or [call for call in calls if call.name.startswith(wanted)]
