"""The JSON Schema of what is printed, and its page, made from the types.

`python -m seattle_p2p.cli.documents.schema` writes both again after a change:
docs/reference/json.schema.json and docs/reference/json.md.
"""

import inspect
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from seattle_p2p.cli.documents.registry import COMMANDS, ERROR, WORDS, Printed

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REFERENCE = Path(__file__).parents[3] / "docs" / "reference"

Schema = dict[str, Any]


def whole_schema() -> Schema:
    """All commands: `commands` and `words` name what stands in `$defs`."""
    kinds = _kinds([*COMMANDS.values(), *(Printed(kinds) for kinds in WORDS.values())])
    references, definitions = _components(kinds)
    return {
        "$schema": DIALECT,
        "title": "What the commands of seattle print with --json",
        "commands": {
            name: {
                "lines": printed.lines,
                "anyOf": [references[str(kind)] for kind in (*printed.kinds, ERROR)],
            }
            for name, printed in COMMANDS.items()
        },
        "words": {
            word: {"anyOf": [references[str(kind)] for kind in (*kinds, ERROR)]}
            for word, kinds in WORDS.items()
        },
        "$defs": definitions,
    }


def schema_of(command: str) -> Schema:
    """What one command prints: a schema for the document, or for each line."""
    printed = COMMANDS[command]
    references, definitions = _components(_kinds([printed]))
    form = "each line (JSON Lines)" if printed.lines else "the one document"
    return {
        "$schema": DIALECT,
        "title": f"seattle {command} --json",
        "description": f"Describes {form} on stdout.",
        "anyOf": [references[str(kind)] for kind in (*printed.kinds, ERROR)],
        "$defs": definitions,
    }


def _kinds(all_printed: Iterable[Printed]) -> dict[str, Any]:
    kinds = {str(kind): kind for printed in all_printed for kind in printed.kinds}
    return kinds | {str(ERROR): ERROR}


def _components(kinds: Mapping[str, Any]) -> tuple[dict[str, Schema], dict[str, Schema]]:
    """How each kind is referred to, and the definitions that takes."""
    references, definitions = msgspec.json.schema_components(
        kinds.values(), ref_template="#/$defs/{name}"
    )
    for definition in definitions.values():
        if "description" in definition:
            # Python 3.13 takes the indentation out of docstrings, older ones leave it in.
            definition["description"] = inspect.cleandoc(definition["description"])
    return dict(zip(kinds, references, strict=True)), definitions


def page() -> str:
    """The reference page in Markdown."""
    whole = whole_schema()
    text = [_HEAD]
    text += ["| command | prints |", "|---|---|"]
    for name, entry in whole["commands"].items():
        printed = _or(entry) if name != "schema" else "a JSON Schema"
        if name == "shell":
            printed = "what the words below print"
        text.append(f"| `{name}` | {'lines: ' if entry['lines'] else ''}{printed} |")
    text += ["", _SHELL, "", "| word | prints |", "|---|---|"]
    text += [f"| `{word}` | {_or(entry)} |" for word, entry in whole["words"].items()]
    text += ["", "## What stands in them", ""]
    for name, definition in sorted(whole["$defs"].items()):
        if name == _MANY:
            text += _section("Many", definition)
        elif not _of_many(name):
            text += _section(name, definition)
    return "\n".join(text).rstrip() + "\n"


def _section(name: str, definition: Schema) -> list[str]:
    said = " ".join(definition.get("description", "").split("Args:")[0].split())
    lines = [f"### {name}", ""]
    lines += [said, ""] if said else []
    fields = definition.get("properties", {})
    if fields:
        required = set(definition.get("required", ()))
        lines += ["| field | type | meaning |", "|---|---|---|"]
        for field, schema in fields.items():
            kind = _type(schema) + ("" if field in required else ", may be missing")
            lines.append(f"| `{field}` | {kind} | {schema.get('description', '')} |")
        lines.append("")
    return lines


_MANY = "Many_VesselEntry_"
"""The plainest of the documents about many vessels: the others differ in their entries."""


def _of_many(name: str) -> str:
    """What the entries of a document about many vessels are; empty for other documents."""
    begin, _, inner = name.removesuffix("_").partition("_")
    return inner if begin == "Many" else ""


def _or(entry: Schema) -> str:
    return ", ".join(_type(schema) for schema in entry["anyOf"][:-1])


def _type(schema: Schema) -> str:
    """A type in a few words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if inner := _of_many(name):
            return f"[Many](#many) of [{inner}](#{inner.lower()})"
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(kind) for kind in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    kind = str(schema.get("type", "anything"))
    if kind == "array" and "prefixItems" in schema:
        return "array of " + ", ".join(_type(part) for part in schema["prefixItems"])
    if kind == "array":
        return f"array of {_type(schema.get('items') or {})}"
    values = schema.get("additionalProperties")
    if kind == "object" and isinstance(values, dict):
        return f"object of {_type(values)}"
    return kind


_HEAD = """\
# What `--json` prints

Made from the types in `seattle_p2p/cli/documents`; `json.schema.json` beside this page is the
same as JSON Schema, and `seattle schema COMMAND` prints that of one command. The tests check
real output of every command against it.

Every command takes `--json`. It prints one document, or where it says *lines* one object a line
(JSON Lines); nothing else goes to stdout. Notes and progress stay on stderr. Exit codes are the
same as without it: 0 all did it, 3 some vessels failed, 4 all failed, 5 all were refused, 2 the
command makes no sense. Fields are only ever added.

Instead of what stands here any command may print an [ErrorDocument](#errordocument): what ended
it before it could do anything. Partial failure is no error: vessels that failed stand in the
document, with reasons.

## Commands
"""

_SHELL = """\
## Words of the shell

`seattle shell --json` prints one line for each word that shows something or works on vessels;
words that only change the session (`set`, `on`, `as`, `savestate`, …) print none."""


def written() -> dict[Path, str]:
    """The files that are made from the types, and what they must hold."""
    schema = json.dumps(whole_schema(), indent=1, ensure_ascii=False, sort_keys=True)
    return {REFERENCE / "json.schema.json": schema + "\n", REFERENCE / "json.md": page()}


if __name__ == "__main__":
    for path, text in written().items():
        path.write_text(text)
