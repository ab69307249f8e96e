"""Some vessels, in an order: what notebooks and programs pass around."""

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from seattle_p2p.experiment.tables import html_table
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import PublicKey

T = TypeVar("T")


class Selection(tuple[Vessel, ...]):
    """Vessels, each once, with the operations of sets that keep their order.

    lab = found.vessels - broken
    idle = lab.where(found.states, lambda info: info.state != "started")
    """

    __slots__ = ()

    def __new__(cls, vessels: Iterable[Vessel] = ()) -> "Selection":
        """These vessels, without repetitions."""
        return super().__new__(cls, dict.fromkeys(vessels))

    def __or__(self, others: Iterable[Vessel]) -> "Selection":
        """Those of both, ours first."""
        return Selection([*self, *others])

    def __and__(self, others: Iterable[Vessel]) -> "Selection":
        """Ours that are among the others too."""
        wanted = set(others)
        return Selection(vessel for vessel in self if vessel in wanted)

    def __sub__(self, others: Iterable[Vessel]) -> "Selection":
        """Ours that are not among the others."""
        unwanted = set(others)
        return Selection(vessel for vessel in self if vessel not in unwanted)

    def where(self, values: Mapping[Vessel, T], wanted: Callable[[T], bool]) -> "Selection":
        """Those whose value is `wanted`; without a value it is not."""
        return Selection(v for v in self if v in values and wanted(values[v]))

    @property
    def one_a_machine(self) -> "Selection":
        """The first vessel of each machine."""
        first: dict[PublicKey, Vessel] = {}
        for vessel in self:
            first.setdefault(vessel.node, vessel)
        return Selection(first.values())

    def _repr_html_(self) -> str:
        rows = [(v.number, v.name, ", ".join(v.endpoints)) for v in self]
        return html_table(("%", "vessel", "at"), rows)
