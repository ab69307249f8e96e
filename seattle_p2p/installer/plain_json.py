"""JSON that people read before they trust it: what they see is what the program sees."""

import json
from collections.abc import Sequence
from typing import Any


def read_object(data: bytes) -> dict[str, Any]:
    """One JSON object of untrusted bytes in which no field stands twice.

    Of two fields of one name most readers take the last, and a person may look at the first:
    a file could show other vessels than it makes, under a good signature.

    Raises:
        ValueError: not JSON, nested too deeply, not an object, or a field stands twice.
    """
    try:
        content = json.loads(data, object_pairs_hook=_each_once)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(content, dict):
        raise ValueError("it is no object")
    return content


def _each_once(fields: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(fields)
    if len(found) < len(fields):
        names = [name for name, _ in fields]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the field {twice[:40]!r} stands twice")
    return found
