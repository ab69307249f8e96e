"""The vessels a session knows, its groups, and which vessels a target means."""

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from seattle_p2p.errors import UsageError
from seattle_p2p.experiment.targets import Vessel, choose

Place = tuple[bytes, str]
"""What makes a vessel this one: its node's key and its id there."""

EVERYTHING = ("all", "%all")
_GROUP_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


@dataclass
class Known:
    """Every vessel met in a session; numbers are handed out in order and never again.

    Who found a vessel is kept, so that ``all`` means those of whoever speaks.
    """

    _vessels: dict[Place, Vessel] = field(default_factory=dict)
    _people: dict[Place, set[str]] = field(default_factory=dict)
    _taken: set[int] = field(default_factory=set)
    _highest: int = 0

    @property
    def everything(self) -> list[Vessel]:
        """All that somebody of this session controls, by number."""
        return self._sorted(place for place, people in self._people.items() if people)

    def of(self, identity: str) -> list[Vessel]:
        """Those that `identity` controls, by number."""
        return self._sorted(p for p, people in self._people.items() if identity in people)

    def people(self, vessel: Vessel) -> list[str]:
        """The identities of this session that control it."""
        return sorted(self._people.get(vessel.place, ()))

    def take_in(self, vessel: Vessel, identity: str) -> Vessel:
        """Know `vessel` as one of `identity`'s; keeps its number when nobody else has it."""
        old = self._vessels.get(vessel.place)
        if old is not None:
            number = old.number
        elif vessel.number > 0 and vessel.number not in self._taken:
            number = vessel.number
        else:
            number = self._highest + 1
        self._taken.add(number)
        self._highest = max(self._highest, number)
        known = replace(vessel, number=number)
        self._vessels[vessel.place] = known
        self._people.setdefault(vessel.place, set()).add(identity)
        return known

    def lose(self, vessel: Vessel, identity: str) -> None:
        """`identity` does not control `vessel` any more; groups may name it still."""
        self._people.get(vessel.place, set()).discard(identity)

    def at(self, places: Iterable[Place]) -> list[Vessel]:
        """The vessels at `places`, in that order."""
        return [self._vessels[place] for place in places if place in self._vessels]

    def _sorted(self, places: Iterable[Place]) -> list[Vessel]:
        return sorted(self.at(places), key=lambda vessel: vessel.number)


@dataclass
class Groups:
    """Names for several vessels; a name may stand for none."""

    _members: dict[str, dict[Place, None]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """All of them, oldest first."""
        return list(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def places(self, name: str) -> list[Place]:
        """Where the vessels of a group are."""
        return list(self._members[name])

    def of(self, vessel: Vessel) -> list[str]:
        """The groups that a vessel is in."""
        return [name for name, members in self._members.items() if vessel.place in members]

    def set(self, name: str, vessels: Iterable[Vessel]) -> None:
        """Make these the group's vessels, whatever they were."""
        self._members[name] = {vessel.place: None for vessel in vessels}

    def restore(self, name: str, places: Iterable[Place]) -> None:
        """The same, by places."""
        self._members[name] = dict.fromkeys(places)

    def add(self, name: str, vessels: Iterable[Vessel]) -> int:
        """Put vessels into a group, made if need be; how many were not in it.

        Raises:
            UsageError: not a name for a group.
        """
        require_group_name(name)
        members = self._members.setdefault(name, {})
        before = len(members)
        members.update({vessel.place: None for vessel in vessels})
        return len(members) - before

    def remove(self, name: str, vessels: Iterable[Vessel]) -> int:
        """Take vessels out of a group, which stays even if empty; how many were in it.

        Raises:
            UsageError: there is no such group.
        """
        self.require(name)
        members = self._members[name]
        gone = [members.pop(v.place) for v in vessels if v.place in members]
        return len(gone)

    def require(self, name: str) -> None:
        """Accept the name of a group that is there.

        Raises:
            UsageError: there is none, or the name means something else.
        """
        require_group_name(name)
        if name not in self._members:
            near = difflib.get_close_matches(name, self._members, n=1)
            raise UsageError(
                f"there is no group {name!r}",
                hint=f"did you mean {near[0]!r}?" if near else f"make it: add TARGET to {name}",
            )


def require_group_name(name: str) -> None:
    """Accept a name for a group: none that could be a number, a vessel or everything.

    Raises:
        UsageError: it could be mistaken.
    """
    if not _GROUP_NAME.fullmatch(name) or name in EVERYTHING:
        raise UsageError(
            f"{name!r} is not a name for a group",
            hint="begin with a letter; letters, digits, dots, dashes, underscores; not `all`",
        )


@dataclass(frozen=True)
class Scope:
    """Everything that a target may be looked for in.

    Args:
        own: The vessels of whoever speaks: what ``all`` means.
    """

    known: Known
    groups: Groups
    own: Sequence[Vessel]
    identity: str

    def resolve(self, target: str) -> list[Vessel]:
        """The vessels that a target means: parts with commas between, each vessel once.

        A part is a group, a number or a range of them, a vessel's name or its beginning, or
        ``all``. A group without vessels means none.

        Raises:
            UsageError: a part means nothing, or several things.
        """
        parts = [part for part in target.split(",") if part]
        if not parts:
            raise UsageError("which vessels?", hint="name a target: all, %1, 1-3 or a group")
        found = [vessel for part in parts for vessel in self._part(part)]
        return list(dict.fromkeys(found))

    def _part(self, part: str) -> list[Vessel]:
        if part in self.groups:
            return self.known.at(self.groups.places(part))
        if part.lower() in EVERYTHING:
            if not self.own:
                raise UsageError(
                    f"{self.identity} knows no vessels yet",
                    hint="find them: browse, or browse KEY@HOST:PORT the first time",
                )
            return list(self.own)
        try:
            return choose([part], self.known.everything)
        except UsageError as error:
            near = difflib.get_close_matches(part, self.groups.names, n=1)
            if near:
                raise UsageError(
                    f"there is no target {part!r}", hint=f"did you mean {near[0]!r}?"
                ) from None
            if not self.known.everything:
                raise UsageError(
                    f"there is no target {part!r}: no vessels are known yet", hint="browse"
                ) from None
            raise UsageError(
                error.message,
                hint="`list` shows the vessels of all, `show groups` what groups there are",
            ) from None


def status_groups(states: Mapping[Vessel, str]) -> dict[str, list[Vessel]]:
    """A group for each state: ``liststarted`` and the like."""
    found: dict[str, list[Vessel]] = {}
    for vessel, state in states.items():
        found.setdefault(f"list{state}", []).append(vessel)
    return found
