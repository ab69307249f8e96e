"""Fields of a scenario by their paths: ``network.loss``, ``nodes.donors.count``."""

from typing import Any

from seattle_p2p.errors import BadPlan
from seattle_p2p.sim.toml_errors import nearest


def set_at(content: Any, path: str, value: Any) -> None:
    """Set a field of a scenario that was taken apart into tables and lists.

    Args:
        content: What `msgspec.to_builtins` made of it; changed in place.
        path: Tables and fields by name, groups of nodes by theirs, other parts by number.
        value: The new value; whether it can be is for others to say.

    Raises:
        BadPlan: there is no such field.
    """
    *way, last = path.split(".")
    for step in way:
        content = _below(content, step, path)
    if not isinstance(content, dict) or last not in content:
        known = list(content) if isinstance(content, dict) else []
        raise BadPlan(f"sweep: there is no field {path!r}", hint=nearest(last, known))
    content[last] = value


def _below(there: Any, step: str, path: str) -> Any:
    known: list[str] = []
    if isinstance(there, list | tuple):
        named = {part["name"]: part for part in there if "name" in part}
        if step in named:
            return named[step]
        if step.isdecimal() and int(step) < len(there):
            return there[int(step)]
        known = list(named) or [str(number) for number in range(len(there))]
    elif isinstance(there, dict):
        if step in there:
            return there[step]
        known = list(there)
    raise BadPlan(
        f"sweep: there is no {step!r} on the way to {path!r}", hint=nearest(step, known)
    )
