"""TOML into a struct, and when that fails: the line, the reason and the nearest name."""

import difflib
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin

import msgspec

from seattle_p2p.errors import BadPlan
from seattle_p2p.installer.lines import find_lines

T = TypeVar("T", bound=msgspec.Struct)

_MAX_BYTES = 1 << 20
_MOST_NAMED = 30
_AT = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]+)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"unknown field `(?P<name>[^`]+)`")
_MISSING = re.compile(r"missing required field `(?P<name>[^`]+)`")
_EXPECTED = re.compile(
    r"Expected `(?P<kinds>[^`]+)`(?P<bound>[^,]*?)(?:, got `(?P<got>[^`]+)`)?$", re.DOTALL
)
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "null": "nothing",
}
_VALUE = re.compile(r"enum value '?(?P<name>[^']+)'?$")


@dataclass(frozen=True)
class Found(Generic[T]):
    """What a file said, and where it said it.

    Args:
        value: The struct.
        path: The file.
        lines: Line of each table and key, named as msgspec does: ``$.nodes[0].count``.
    """

    value: T
    path: Path
    lines: dict[str, int]

    def refuse(self, place: str, reason: str, hint: str = "") -> BadPlan:
        """An error that points at `place`."""
        return _refusal(self.path, self.lines, place, reason, hint)

    def refuse_name(self, place: str, name: str, known: Sequence[str], what: str) -> BadPlan:
        """An error about a name that is not among those known."""
        return self.refuse(place, f"there is no {what} {name!r}", nearest(name, known))


def read_toml(path: Path, shape: type[T]) -> Found[T]:
    """Read `path` into `shape`.

    Raises:
        BadPlan: the file is missing, too large, not TOML, or of another shape.
    """
    try:
        data = path.read_bytes()
        text = data.decode()
    except (OSError, UnicodeDecodeError) as reason:
        why = reason.strerror if isinstance(reason, OSError) else "it is not UTF-8 text"
        raise BadPlan(
            f"cannot read {path}: {why}", hint="name a scenario file or its folder"
        ) from None
    if len(data) > _MAX_BYTES:
        raise BadPlan(f"{path} has {len(data)} bytes, limit {_MAX_BYTES}")
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as reason:
        raise BadPlan(f"{path} is not TOML: {reason}") from None
    lines = line_numbers(text)
    try:
        return Found(msgspec.convert(content, shape), path, lines)
    except msgspec.ValidationError as reason:
        raise _explain(str(reason), path, lines, shape) from None


def line_numbers(text: str) -> dict[str, int]:
    """Line, from 1, of every table, key and array item, named as msgspec names places."""
    return {_named(way): line for way, line in find_lines(text).items()}


def _named(way: tuple[str | int, ...]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in way)


def _explain(message: str, path: Path, lines: dict[str, int], shape: type[Any]) -> BadPlan:
    found = _AT.match(message)
    assert found is not None
    what, place = found["what"], found["path"] or "$"
    shape_there = _shape_at(shape, place)
    if unknown := _UNKNOWN.search(what):
        known = [field.encode_name for field in msgspec.structs.fields(shape_there)]
        name = unknown["name"]
        reason = f"there is no field {name!r}"
        return _refusal(path, lines, f"{place}.{name}", reason, nearest(name, known))
    if get_origin(shape_there) is Literal and (value := _VALUE.search(what)):
        reason = f"there is no {place.rpartition('.')[2]} {value['name']!r}"
        return _refusal(
            path, lines, place, reason, nearest(value["name"], get_args(shape_there))
        )
    return _refusal(path, lines, place, _in_words(what, place.rpartition(".")[2]), "")


def _in_words(what: str, field: str) -> str:
    """msgspec's reason for people: kinds of values by the names that people use."""
    if missing := _MISSING.search(what):
        return f"{missing['name']!r} is missing"
    if not (kind := _EXPECTED.match(what)):
        return what.replace("`", "'")
    bound = " or ".join(_KINDS.get(name, name) for name in kind["kinds"].split(" | "))
    got = f", not {_KINDS.get(kind['got'], kind['got'])}" if kind["got"] else ""
    return f"{field!r} is {bound}{kind['bound']}{got}"


def _refusal(path: Path, lines: dict[str, int], place: str, reason: str, hint: str) -> BadPlan:
    while place not in lines and place != "$":
        place = re.sub(r"(\[\d+\]|\.[^.\[]+)$", "", place)
    line = lines.get(place, 1)
    return BadPlan(f"{path}, line {line}: {reason}", hint=hint)


def nearest(name: str, known: Sequence[str]) -> str:
    """A hint: the known name that is most like a wrong one, or some of them."""
    if not known:
        return ""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    some = ", ".join(known[:_MOST_NAMED])
    return f"one of: {some}" + (" and others" if len(known) > _MOST_NAMED else "")


def _shape_at(shape: Any, place: str) -> Any:
    for name, index in re.findall(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]", place):
        shape = _bare(shape)
        if index:
            shape = get_args(shape)[0]
        else:
            fields = {field.encode_name: field.type for field in msgspec.structs.fields(shape)}
            shape = fields[name]
    return _bare(shape)


def _bare(shape: Any) -> Any:
    """The type behind `Annotated` and `| None`."""
    while hasattr(shape, "__metadata__"):
        shape = shape.__origin__
    choices = [choice for choice in get_args(shape) if choice is not type(None)]
    if type(None) in get_args(shape) and len(choices) == 1:
        return _bare(choices[0])
    return shape
