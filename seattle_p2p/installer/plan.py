"""What a planner wants: whose vessels a donated machine holds, and how its network is found.

A plan is TOML. Everything wrong with it is told at once, each with its line.
"""

import difflib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from seattle_p2p.errors import BadPlan, UsageError
from seattle_p2p.identity.keys import PublicKey
from seattle_p2p.installer.lines import Path, find_lines, nearest_line
from seattle_p2p.vessel.folder import is_file_name
from seattle_p2p.wire.address import PeerAddress
from seattle_p2p.wire.limits import (
    MAX_LAYER_BYTES,
    MAX_LAYERS,
    MAX_NETWORK_NAME,
    MAX_PLAN_BYTES,
    MAX_PLAN_NOTE,
    MAX_SEEDS,
    MAX_USERS,
)

DEFAULT_NETWORK = "seattle"
_NETWORK_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PLAN_FIELDS = ("network", "seeds", "note", "vessel", "layer")
_VESSEL_FIELDS = ("percent", "owner", "users", "layers")
_LAYER_FIELDS = ("name", "text")


@dataclass(frozen=True)
class VesselShare:
    """One vessel of a plan.

    Args:
        percent: Of what is donated, 1 to 100.
        layers: Names of its security layers, the lowest first, until its owner says otherwise.
    """

    percent: int
    owner: PublicKey
    users: tuple[PublicKey, ...] = ()
    layers: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedLayer:
    """A security layer that vessels of the plan refer to by its name."""

    name: str
    text: str


@dataclass(frozen=True)
class Plan:
    """A plan in which everything holds: shares total 100, keys are keys, each has an owner."""

    network: str
    seeds: tuple[PeerAddress, ...]
    vessels: tuple[VesselShare, ...]
    note: str = ""
    layers: tuple[PlannedLayer, ...] = ()

    @property
    def missing_layers(self) -> list[str]:
        """Names of layers that vessels refer to and that are not in the plan."""
        there = {layer.name for layer in self.layers}
        named = [name for vessel in self.vessels for name in vessel.layers]
        return [name for name in dict.fromkeys(named) if name not in there]


def read_plan(text: str, *, name: str = "the plan") -> Plan:
    """Read a plan from TOML; `name` is what messages call it.

    Raises:
        BadPlan: every problem, each with its line and its reason.
    """
    if len(text.encode()) > MAX_PLAN_BYTES:
        raise BadPlan(f"{name} is larger than {MAX_PLAN_BYTES} bytes: this is no plan")
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as reason:
        raise BadPlan(f"{name} is not TOML: {reason}", hint=_SEE_TEMPLATE) from reason
    return plan_from_data(data, name=name, lines=find_lines(text))


def with_layers(plan: Plan, more: Sequence[PlannedLayer]) -> Plan:
    """The same plan with the texts of layers that it only named."""
    return replace(plan, layers=(*plan.layers, *more))


def with_seeds(plan: Plan, more: Sequence[PeerAddress]) -> Plan:
    """The same plan with more ways into its network, each once.

    Raises:
        BadPlan: too many.
    """
    seeds = tuple(dict.fromkeys([*plan.seeds, *more]))
    if len(seeds) > MAX_SEEDS:
        raise BadPlan(f"{len(seeds)} seeds, limit {MAX_SEEDS}", hint="leave some out")
    return replace(plan, seeds=seeds)


def plan_from_data(data: object, *, name: str, lines: dict[Path, int] | None = None) -> Plan:
    """Check data of any shape and make a plan of it; `lines` says where its values stand.

    Raises:
        BadPlan: every problem there is.
    """
    checker = _Checker(lines or {})
    plan = checker.plan(data)
    if checker.problems or plan is None:
        found = sorted(set(checker.problems))
        told = [f"line {line}: {reason}" if line else reason for line, reason in found]
        head = f"{name}: " if len(told) == 1 else f"{name} has {len(told)} problems:\n  "
        raise BadPlan(head + "\n  ".join(told), hint=_SEE_TEMPLATE)
    return plan


_SEE_TEMPLATE = "`seattle planner new -` prints a plan that explains every field"


class _Checker:
    """Walks through a plan's data and collects what is wrong with it."""

    def __init__(self, lines: dict[Path, int]) -> None:
        self._lines = lines
        self.problems: list[tuple[int, str]] = []

    def plan(self, data: object) -> Plan | None:
        if not isinstance(data, dict):
            self._refuse((), "not a table of fields")
            return None
        self._require_known(data, _PLAN_FIELDS, ())
        network = self._network(data.get("network", DEFAULT_NETWORK))
        seeds = self._seeds(data.get("seeds", []))
        note = self._note(data.get("note", ""))
        vessels = self._vessels(data.get("vessel", []))
        layers = self._layers(data.get("layer", []))
        return Plan(network, seeds, vessels, note, layers)

    def _network(self, value: object) -> str:
        if not isinstance(value, str) or not _NETWORK_NAME.fullmatch(value):
            allowed = "letters, digits, dots, dashes and underscores"
            self._refuse(("network",), f"a network's name is made of {allowed}")
        elif len(value) > MAX_NETWORK_NAME:
            said = f"a network's name of {len(value)} characters, limit {MAX_NETWORK_NAME}"
            self._refuse(("network",), said)
        return str(value)

    def _seeds(self, value: object) -> tuple[PeerAddress, ...]:
        if not isinstance(value, list):
            self._refuse(("seeds",), 'seeds are a list: ["HOST:PORT", ...]')
            return ()
        if len(value) > MAX_SEEDS:
            self._refuse(("seeds",), f"{len(value)} seeds, limit {MAX_SEEDS}")
        found = []
        for index, item in enumerate(value[:MAX_SEEDS]):
            try:
                found.append(PeerAddress.from_text(_text(item)))
            except UsageError as error:
                self._refuse(("seeds", index), f"seed: {error.message}", error.hint)
        return tuple(found)

    def _note(self, value: object) -> str:
        if not isinstance(value, str):
            self._refuse(("note",), "a note is text")
            return ""
        if len(value) > MAX_PLAN_NOTE:
            self._refuse(("note",), f"a note of {len(value)} characters, limit {MAX_PLAN_NOTE}")
        if not all(character.isprintable() or character == "\n" for character in value):
            self._refuse(("note",), "a note may not hold control characters")
        return value

    def _vessels(self, value: object) -> tuple[VesselShare, ...]:
        if not isinstance(value, list) or not value:
            self._refuse(("vessel",), "no vessel: write at least one [[vessel]] block")
            return ()
        found = [self._vessel(item, index) for index, item in enumerate(value)]
        total = sum(vessel.percent for vessel in found)
        if total != 100 and all(vessel.percent for vessel in found):
            self._refuse(
                ("vessel", len(value) - 1, "percent"),
                f"the shares total {total} percent, not 100 "
                f"({' + '.join(str(vessel.percent) for vessel in found[:12])}"
                f"{' + …' if len(found) > 12 else ''})",
            )
        return tuple(found)

    def _vessel(self, value: object, index: int) -> VesselShare:
        here: Path = ("vessel", index)
        if not isinstance(value, dict):
            self._refuse(here, "a vessel is a table: percent, owner, users, layers")
            return VesselShare(0, _NOBODY)
        self._require_known(value, _VESSEL_FIELDS, here)
        percent = self._percent(value.get("percent"), (*here, "percent"))
        owner = _NOBODY
        if "owner" in value:
            owner = self._key(value["owner"], (*here, "owner"), "owner")
        else:
            self._refuse(here, "this vessel has no owner")
        users = self._users(value.get("users", []), (*here, "users"))
        layers = self._layer_names(value.get("layers", []), (*here, "layers"))
        others = tuple(user for user in users if user != owner)
        return VesselShare(percent, owner, others, layers)

    def _layer_names(self, value: object, here: Path) -> tuple[str, ...]:
        if not isinstance(value, list):
            self._refuse(here, 'layers are a list of files: ["guard.r2py", ...]')
            return ()
        if len(value) > MAX_LAYERS:
            self._refuse(here, f"{len(value)} security layers, limit {MAX_LAYERS}")
            return ()
        return tuple(self._layer_name(item, (*here, n)) for n, item in enumerate(value))

    def _layer_name(self, value: object, here: Path) -> str:
        if not isinstance(value, str) or not is_file_name(value):
            self._refuse(here, "a layer's name is 1 to 120 of a-z 0-9 . _ -")
        return str(value)

    def _layers(self, value: object) -> tuple[PlannedLayer, ...]:
        if not isinstance(value, list):
            self._refuse(("layer",), "layers are tables: name, text")
            return ()
        found = [self._layer(item, ("layer", index)) for index, item in enumerate(value)]
        for index, layer in enumerate(found):
            if layer.name in [before.name for before in found[:index]]:
                self._refuse(("layer", index), f"the layer {layer.name!r} is there twice")
        return tuple(found)

    def _layer(self, value: object, here: Path) -> PlannedLayer:
        if not isinstance(value, dict):
            self._refuse(here, "a layer is a table: name, text")
            return PlannedLayer("", "")
        self._require_known(value, _LAYER_FIELDS, here)
        name = self._layer_name(value.get("name"), (*here, "name"))
        text = value.get("text")
        if not isinstance(text, str) or len(text.encode("utf-8", "replace")) > MAX_LAYER_BYTES:
            self._refuse((*here, "text"), f"a layer's text has at most {MAX_LAYER_BYTES} bytes")
        return PlannedLayer(name, str(text))

    def _percent(self, value: object, here: Path) -> int:
        if value is None:
            self._refuse(here, "this vessel has no percent")
        elif isinstance(value, bool) or not isinstance(value, int):
            self._refuse(here, "percent is a whole number, 1 to 100")
        elif not 1 <= value <= 100:
            self._refuse(here, f"percent is {value}; it goes from 1 to 100")
        else:
            return value
        return 0

    def _users(self, value: object, here: Path) -> list[PublicKey]:
        if not isinstance(value, list):
            self._refuse(here, 'users are a list: ["KEY", ...]')
            return []
        if len(value) > MAX_USERS:
            self._refuse(here, f"{len(value)} users in one vessel, limit {MAX_USERS}")
            return []
        found: list[PublicKey] = []
        for index, item in enumerate(value):
            user = self._key(item, (*here, index), "user")
            if user in found and user != _NOBODY:
                self._refuse((*here, index), f"user {user.short}… is given twice")
            found.append(user)
        return found

    def _key(self, value: object, here: Path, role: str) -> PublicKey:
        try:
            return PublicKey.from_text(_text(value))
        except UsageError as error:
            self._refuse(here, f"{role}: {error.message}", error.hint)
            return _NOBODY

    def _require_known(self, table: dict[str, Any], known: tuple[str, ...], here: Path) -> None:
        for name in table:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
                meant = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
                self._refuse((*here, name), f"there is no field {name[:40]!r}", meant)

    def _refuse(self, here: Path, reason: str, advice: str = "") -> None:
        told = f"{reason} ({advice})" if advice else reason
        self.problems.append((nearest_line(self._lines, here), told))


_NOBODY = PublicKey(bytes(32))
"""Stands where a key could not be read; a plan that holds it is refused."""


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise UsageError("written in quotes")
    return value
