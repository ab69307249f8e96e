"""The scenario file: one schema, versioned; fields have defaults, and units in their names.

A scenario says who is there (`nodes`), what lies between them (`network`), who comes and goes
(`churn`), what they do (`workload`), what goes wrong (`faults`, `attacks`), what must come out
(`expect`). `expected.toml` beside it holds more of the last kind.
"""

import math
from collections.abc import Sequence
from pathlib import Path

import msgspec

from seattle_p2p.errors import BadPlan
from seattle_p2p.sim.measure_names import measure_names
from seattle_p2p.sim.paths import set_at
from seattle_p2p.sim.schema import SCHEMA_VERSION as SCHEMA_VERSION
from seattle_p2p.sim.schema import About as About
from seattle_p2p.sim.schema import Attack as Attack
from seattle_p2p.sim.schema import Churn as Churn
from seattle_p2p.sim.schema import Expect as Expect
from seattle_p2p.sim.schema import Expected as Expected
from seattle_p2p.sim.schema import Fault as Fault
from seattle_p2p.sim.schema import Network as Network
from seattle_p2p.sim.schema import NodeGroup as NodeGroup
from seattle_p2p.sim.schema import Part as Part
from seattle_p2p.sim.schema import Scenario as Scenario
from seattle_p2p.sim.schema import Sweep as Sweep
from seattle_p2p.sim.schema import Workload as Workload
from seattle_p2p.sim.toml_errors import Found, nearest, read_toml

BYTES_PER_NODE = 160 * 1024
"""What a simulated node costs, measured generously; `require_memory` refuses by it."""
_MOST_AT_ONCE = 255
"""More contacts to a bucket, or questions at a time, than any answer could name."""
_LARGEST = 10_000_000
"""Of any parameter of the overlay, whatever its unit."""


def read_scenario(path: Path) -> Scenario:
    """Read a scenario from a file, or from a folder that holds `scenario.toml`.

    Bounds of an `expected.toml` in the same folder are added when `path` is a folder.

    Raises:
        BadPlan: no such file, not TOML, a field nobody knows or a value that cannot be; with
            the line, the reason and the nearest name.
    """
    folder = path if path.is_dir() else path.parent
    file = path / "scenario.toml" if path.is_dir() else path
    found = read_toml(file, Scenario)
    scenario = found.value
    if scenario.version != SCHEMA_VERSION:
        raise found.refuse(
            "$.version",
            f"the file is of version {scenario.version}, this seattle reads {SCHEMA_VERSION}",
        )
    _require_sense(found)
    _require_its_matrix(found, folder)
    expected = folder / "expected.toml"
    if path.is_dir() and expected.exists():
        bounds = read_toml(expected, Expected)
        more = bounds.value.expect
        _require_sound_bounds(bounds, more)
        scenario = msgspec.structs.replace(scenario, expect=scenario.expect + more)
    return scenario


def require_sense(scenario: Scenario) -> None:
    """Refuse a scenario that no file said, as `read_scenario` refuses one of a file.

    Raises:
        BadPlan: with the reason.
    """
    _require_sense(Found(scenario, Path(scenario.meta.name), {}))


def _require_sense(found: Found[Scenario]) -> None:
    """Refuse what each table allows and all of them together do not."""
    _require_sound_groups(found)
    _require_sound_faults(found)
    _require_sound_attacks(found)
    scenario = found.value
    for name, value in msgspec.structs.asdict(scenario.overlay).items():
        is_few = name in ("k", "alpha", "disjoint_paths")
        lowest, highest = (1, _MOST_AT_ONCE) if is_few else (0, _LARGEST)
        if isinstance(value, int | float) and not lowest <= value <= highest:
            reason = f"{name} is at least {lowest} and at most {highest:,}"
            raise found.refuse(f"$.overlay.{name}", reason)
    if scenario.network.corrupt and scenario.meta.mode != "wire":
        raise found.refuse(
            "$.network.corrupt",
            "only bytes can be corrupted",
            'say `mode = "wire"` in [meta]',
        )
    if scenario.network.latency == "matrix" and not scenario.network.latency_file:
        raise found.refuse("$.network.latency", "latency `matrix` needs a `latency_file`")
    if scenario.workload.last_look_s >= scenario.meta.duration_s:
        raise found.refuse("$.workload.last_look_s", "the last look is before the start")
    _require_sound_bounds(found, scenario.expect)
    for index, name in enumerate(scenario.sweep.measures):
        if name not in measure_names():
            place = f"$.sweep.measures[{index}]"
            raise found.refuse_name(place, name, list(measure_names()), "measure")
    for path, values in scenario.sweep.axes.items():
        if not values:
            raise found.refuse("$.sweep.axes", f"{path!r} has no values")
        try:
            set_at(msgspec.to_builtins(scenario), path, values[0])
        except BadPlan as reason:
            raise found.refuse("$.sweep.axes", reason.message, reason.hint or "") from None


def _require_its_matrix(found: Found[Scenario], folder: Path) -> None:
    name = found.value.network.latency_file
    if name and not (folder / name).is_file():
        near = sorted(path.name for path in folder.glob("*.csv"))
        place = "$.network.latency_file"
        raise found.refuse(
            place, f"there is no file {str(folder / name)!r}", nearest(name, near)
        )


def _require_sound_bounds(
    found: "Found[Scenario] | Found[Expected]", bounds: Sequence[Expect]
) -> None:
    for index, expect in enumerate(bounds):
        place = f"$.expect[{index}]"
        if expect.measure not in measure_names():
            known = list(measure_names())
            raise found.refuse_name(f"{place}.measure", expect.measure, known, "measure")
        if expect.at_least is None and expect.at_most is None:
            raise found.refuse(place, "a bound needs `at_least` or `at_most`")
        low = -math.inf if expect.at_least is None else expect.at_least
        high = math.inf if expect.at_most is None else expect.at_most
        if not low <= high:
            raise found.refuse(place, f"no number is at least {low:g} and at most {high:g}")


def _require_sound_groups(found: Found[Scenario]) -> None:
    scenario = found.value
    names = [group.name for group in scenario.nodes]
    if scenario.hosts > 1 and all(group.role != "bootstrap" for group in scenario.nodes):
        raise found.refuse(
            "$.nodes",
            "nobody can join: no group has the role 'bootstrap'",
            'give the machines that others join through `role = "bootstrap"`',
        )
    for index, group in enumerate(scenario.nodes):
        if names.index(group.name) != index:
            raise found.refuse(
                f"$.nodes[{index}].name", f"two groups are called {group.name!r}"
            )
        if group.join_at_s + group.join_span_s > scenario.meta.duration_s:
            raise found.refuse(f"$.nodes[{index}]", f"group {group.name!r} joins after the end")


def _require_sound_faults(found: Found[Scenario]) -> None:
    scenario = found.value
    names = [group.name for group in scenario.nodes]
    for index, fault in enumerate(scenario.faults):
        place = f"$.faults[{index}]"
        if fault.group and fault.group not in names:
            raise found.refuse_name(f"{place}.group", fault.group, names, "group of nodes")
        if fault.at_s > scenario.meta.duration_s:
            end_s = scenario.meta.duration_s
            raise found.refuse(
                f"{place}.at_s", f"the fault comes after the end, at {end_s:g} s"
            )


def _require_sound_attacks(found: Found[Scenario]) -> None:
    scenario = found.value
    end_s = scenario.meta.duration_s
    able = [g.count for g in scenario.nodes if g.role == "experimenter"]
    everybody = able or [group.count for group in scenario.nodes]
    owners = scenario.workload.owners or sum(everybody)
    for index, attack in enumerate(scenario.attacks):
        if attack.owner >= owners:
            reason = f"there is no owner {attack.owner}: there are {owners:,}, from 0"
            raise found.refuse(f"$.attacks[{index}].owner", reason)
        if attack.at_s > end_s:
            raise found.refuse(
                f"$.attacks[{index}].at_s", f"the attack comes after the end, at {end_s:g} s"
            )


def require_memory(scenario: Scenario, available_bytes: int) -> None:
    """Refuse a scenario that cannot fit.

    Raises:
        BadPlan: with what it needs and what there is.
    """
    needed = scenario.hosts * BYTES_PER_NODE
    if needed > available_bytes:
        raise BadPlan(
            f"{scenario.hosts:,} nodes need about {_mib(needed):,} MiB, "
            f"{_mib(available_bytes):,} MiB are free",
            hint=f"ask for {available_bytes // BYTES_PER_NODE:,} nodes or fewer",
        )


def _mib(size: int) -> int:
    return math.ceil(size / 2**20)
