"""A scenario as the text of a file that reads back as the same scenario."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec

from seattle_p2p.sim.scenario import Scenario


def scenario_text(scenario: Scenario) -> str:
    """TOML with every field that differs from its default, in the order of the schema."""
    lines = [f"version = {scenario.version}"]
    for field in msgspec.structs.fields(Scenario):
        value = getattr(scenario, field.name)
        if isinstance(value, msgspec.Struct):
            lines += _table(f"[{field.name}]", value)
        elif isinstance(value, tuple):
            for item in value:
                lines += _table(f"[[{field.name}]]", item)
    return "\n".join(lines) + "\n"


def _table(head: str, part: msgspec.Struct) -> list[str]:
    said = list(_fields(part))
    return ["", head, *said] if said or head.startswith("[[") else []


def _fields(part: msgspec.Struct) -> Iterator[str]:
    for field in msgspec.structs.fields(type(part)):
        value = getattr(part, field.name)
        default = field.default
        if field.default_factory is not msgspec.NODEFAULT:
            default = field.default_factory()
        if value is not None and value != default:
            yield f"{field.name} = {_value(value)}"


def _value(value: Any) -> str:
    """A TOML value; texts and keys are written as JSON has them, which TOML reads alike."""
    if isinstance(value, dict):
        inside = ", ".join(f"{json.dumps(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
