"""What commands print with --json, held against their schemas, to the last field."""

import json
from typing import Any

import jsonschema

from seattle_p2p.cli.documents.registry import COMMANDS
from seattle_p2p.cli.documents.schema import schema_of


def closed(schema: Any) -> Any:
    """`schema` without room for fields that it does not name: what is printed is documented."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    shut = {name: closed(part) for name, part in schema.items()}
    return shut | {"additionalProperties": False} if "properties" in schema else shut


def documents(command: str, out: str) -> list[Any]:
    """The documents in `out`; fails on anything that is not JSON."""
    if COMMANDS[command].lines:
        return [json.loads(line) for line in out.splitlines()]
    return [json.loads(out)]


def check(command: str, out: str) -> list[Any]:
    """The documents in `out`, each of which is as documented."""
    found = documents(command, out)
    validator = jsonschema.Draft202012Validator(closed(schema_of(command)))
    for document in found:
        validator.validate(document)
    return found
