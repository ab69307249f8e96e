"""What only the owner of vessels may do with them, many vessels at once.

    await me.owner.change_users(vessels, [bob])
    pieces = await me.owner.split(vessels, into(3))
    joined = await me.owner.join(pieces.result.ok)

Splits and joins make new vessels; they are known to the researcher at once, under numbers of
their own, and the old ones are forgotten.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from seattle_p2p.errors import UsageError
from seattle_p2p.experiment.group import FanOut, GroupResult, Outcome, Report
from seattle_p2p.experiment.memory import Memory
from seattle_p2p.experiment.peer import NodeClient
from seattle_p2p.experiment.targets import Vessel
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.vessel.division import equal_parts, keeping
from seattle_p2p.vessel.layer_files import Layer
from seattle_p2p.vessel.resources import Resources
from seattle_p2p.vessel.restrictions import format_restrictions, parse_restrictions
from seattle_p2p.wire.limits import MAX_LAYERS, MAX_OWNER_INFORMATION, MAX_USERS

Targets = Iterable[Vessel]
Cut = Callable[[Resources, Resources], list[Resources]]
"""From what a vessel has, and what one split costs there, to the parts to ask for."""


def into(count: int) -> Cut:
    """Cut a vessel into `count` (2 to 16) as equal as can be."""
    return lambda whole, offcut: equal_parts(whole, count, offcut)


def keep(percent: int) -> Cut:
    """Cut a vessel in two, of which the leftover has `percent` (1 to 99)."""
    return lambda whole, offcut: keeping(whole, percent, offcut)


def parts(*restrictions: str) -> Cut:
    """Cut vessels of these restrictions texts out of one.

    Raises:
        UsageError: one of them is wrong; says the line.
    """
    wanted = [parse_restrictions(text) for text in restrictions]
    return lambda whole, offcut: wanted


@dataclass(frozen=True)
class Pieces:
    """What one vessel was cut into.

    Args:
        requested: One for each part that was asked for, in order.
        leftover: The rest.
    """

    requested: tuple[Vessel, ...]
    leftover: Vessel

    @property
    def vessels(self) -> tuple[Vessel, ...]:
        """All of them, the leftover last."""
        return (*self.requested, self.leftover)


@dataclass(frozen=True)
class Joined:
    """What came of a join.

    Args:
        result: For each machine its new vessel, under the first of the old ones; where it
            failed, the same error for every vessel that was to be joined.
        old: The vessels that each of the first ones was joined with, itself included.
        alone: Vessels that were the only one of their machine, and stayed as they are.
    """

    result: GroupResult[Vessel]
    old: Mapping[Vessel, Sequence[Vessel]]
    alone: tuple[Vessel, ...]


class Owner:
    """An owner's work, on the engine and the memory of an `Experimenter`, whose key is `me`."""

    def __init__(self, me: PublicKey, engine: FanOut[NodeClient], memory: Memory) -> None:
        self._me = me
        self._engine = engine
        self._memory = memory

    async def change_users(
        self,
        vessels: Targets,
        users: Iterable[PublicKey],
        *,
        report: Report[None] | None = None,
    ) -> GroupResult[None]:
        """Say who may use vessels, instead of those who might before; at most 16.

        Raises:
            UsageError: more than that.
        """
        wanted = list(dict.fromkeys(users))
        if len(wanted) > MAX_USERS:
            raise UsageError(
                f"{len(wanted)} users, limit {MAX_USERS}",
                hint="split the vessel, and share its parts",
            )
        return await self._engine.run(
            vessels, lambda node, v: node.change_users(v.id, wanted), report=report
        )

    async def change_owner(
        self,
        vessels: Targets,
        owner: PublicKey,
        *,
        keep_users: bool = False,
        report: Report[None] | None = None,
    ) -> GroupResult[None]:
        """Hand vessels over; users and label go, unless users are to stay. They are not ours
        afterwards, and not known any more."""
        result = await self._engine.run(
            vessels,
            lambda node, v: node.change_owner(v.id, owner, keep_users=keep_users),
            report=report,
        )
        if owner != self._me:
            self._replace(dict.fromkeys(result.ok, ()))
        return result

    async def change_information(
        self, vessels: Targets, text: str, *, report: Report[None] | None = None
    ) -> GroupResult[None]:
        """Put a label on vessels: one line of at most 256 characters; none takes it off.

        Raises:
            UsageError: it is longer.
        """
        if len(text) > MAX_OWNER_INFORMATION:
            raise UsageError(
                f"a label of {len(text)} characters, limit {MAX_OWNER_INFORMATION}",
                hint="make it shorter; put the rest into a file of the vessel",
            )
        return await self._engine.run(
            vessels, lambda node, v: node.change_information(v.id, text), report=report
        )

    async def change_advertise(
        self, vessels: Targets, advertise: bool, *, report: Report[None] | None = None
    ) -> GroupResult[None]:
        """Say whether vessels are found by browsing."""
        return await self._engine.run(
            vessels, lambda node, v: node.change_advertise(v.id, advertise), report=report
        )

    async def change_layers(
        self, vessels: Targets, layers: Sequence[Layer], *, report: Report[None] | None = None
    ) -> GroupResult[None]:
        """Put security layers between programs and their calls, the lowest first; none takes
        those away that are there. They hold from each vessel's next start on.

        Raises:
            UsageError: more than 16.
        """
        if len(layers) > MAX_LAYERS:
            raise UsageError(f"{len(layers)} security layers, limit {MAX_LAYERS}")
        wanted = [(layer.name, layer.text) for layer in layers]
        return await self._engine.run(
            vessels, lambda node, v: node.change_layers(v.id, wanted), report=report
        )

    async def offcut(
        self, vessels: Targets, *, report: Report[str] | None = None
    ) -> GroupResult[str]:
        """What one split costs, as restrictions; asked of each machine once."""
        first: dict[PublicKey, Vessel] = {}
        for vessel in vessels:
            first.setdefault(vessel.node, vessel)
        return await self._engine.run(
            first.values(), lambda node, _: node.offcut(), report=report
        )

    async def split(
        self,
        vessels: Targets,
        cut: Cut,
        *,
        stop: bool = False,
        report: Report[Pieces] | None = None,
    ) -> GroupResult[Pieces]:
        """Cut each vessel into several; the old ones and their files are no more.

        Args:
            cut: `into`, `keep` or `parts`.
            stop: End programs that run there; otherwise such vessels are refused.
        """

        async def divide(node: NodeClient, vessel: Vessel) -> Pieces:
            whole = parse_restrictions((await node.status(vessel.id)).restrictions)
            wanted = cut(whole, parse_restrictions(await node.offcut()))
            texts = [format_restrictions(part) for part in wanted]
            made = await node.split(vessel.id, texts, stop=stop)
            *requested, leftover = (
                replace(vessel, number=0, id=name) for name in (*made.requested, made.leftover)
            )
            return Pieces(tuple(requested), leftover)

        result = await self._engine.run(vessels, divide, report=report)
        numbered = self._replace({old: made.vessels for old, made in result.ok.items()})
        return GroupResult(
            tuple(
                replace(o, value=Pieces(numbered[o.vessel][:-1], numbered[o.vessel][-1]))
                if o.vessel in numbered
                else o
                for o in result.outcomes
            )
        )

    async def join(
        self, vessels: Targets, *, stop: bool = False, report: Report[Vessel] | None = None
    ) -> Joined:
        """Make one vessel of those of each machine; they and their files are no more.

        Users, label and advertising come from the first.

        Args:
            stop: End programs that run there; otherwise such vessels are refused.

        Raises:
            UsageError: no machine holds two of them.
        """
        nodes: dict[PublicKey, list[Vessel]] = {}
        for vessel in dict.fromkeys(vessels):
            nodes.setdefault(vessel.node, []).append(vessel)
        several = {held[0]: held for held in nodes.values() if len(held) > 1}
        if not several:
            raise UsageError(
                "no machine has two of these vessels",
                hint="only vessels of one machine can be joined; see `seattle list`",
            )

        async def unite(node: NodeClient, first: Vessel) -> Vessel:
            name = await node.join([vessel.id for vessel in several[first]], stop=stop)
            return replace(first, number=0, id=name)

        result = await self._engine.run(several, unite, report=report)
        made = {first: (new,) for first, new in result.ok.items()}
        gone = {vessel: () for first in made for vessel in several[first][1:]}
        numbered = self._replace({**gone, **made})
        outcomes: list[Outcome[Vessel]] = []
        for o in result.outcomes:
            if o.error:
                outcomes += [replace(o, vessel=vessel) for vessel in several[o.vessel]]
            else:
                outcomes.append(replace(o, value=numbered[o.vessel][0]))
        alone = tuple(held[0] for held in nodes.values() if len(held) == 1)
        return Joined(GroupResult(tuple(outcomes)), several, alone)

    def _replace(
        self, made: Mapping[Vessel, Sequence[Vessel]]
    ) -> dict[Vessel, tuple[Vessel, ...]]:
        """Know the new vessels instead of the old ones; the new ones with their numbers."""
        if not made:
            return {}
        known = [v for v in self._memory.vessels if v not in made]
        fresh = [vessel for new in made.values() for vessel in new]
        places = [(v.node, v.id, v.endpoints) for v in (*known, *fresh)]
        numbered = {v.place: v for v in self._memory.remember_vessels(places)}
        return {
            old: tuple(numbered[vessel.place] for vessel in new) for old, new in made.items()
        }
