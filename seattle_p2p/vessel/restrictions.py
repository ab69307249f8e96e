"""The resource file of a vessel: read, write, errors with the line they are on.

    # a comment
    resource cpu 0.1
    resource memory 30000000
    resource messport 63100        one line per port

`call …` lines of Repy V1 are accepted and mean nothing. CRLF is fine.
"""

from decimal import Decimal, InvalidOperation

from seattle_p2p.errors import BadPlan, UsageError
from seattle_p2p.vessel.resources import (
    COUNTED,
    PORTS,
    RENEWABLE,
    REQUIRED,
    Resources,
    to_quantity,
)

MAX_TEXT = 64 * 1024
"""Characters of a resource file: every port on a line of its own fits a few times over."""


def parse_restrictions(text: str) -> Resources:
    """Read a resource file.

    Raises:
        BadPlan: With the line's number: an unknown or repeated resource, a bad amount, a line
            of another form, or one of cpu, memory and diskused missing.
    """
    if len(text) > MAX_TEXT:
        raise BadPlan(f"a resource file of {len(text)} characters, limit {MAX_TEXT}")
    amounts: dict[str, int] = {}
    seen_on: dict[str, int] = {}
    ports: dict[str, set[int]] = {name: set() for name in PORTS}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words or words[0] == "call":
            continue
        if len(words) != 3 or words[0] != "resource":
            raise _refusal(number, f"{line.strip()[:60]!r} is not `resource NAME AMOUNT`")
        _, name, value = words
        if name in PORTS:
            ports[name].add(_port(number, name, value))
        elif name not in RENEWABLE and name not in COUNTED:
            raise _refusal(number, f"there is no resource {name[:30]!r}")
        elif name in seen_on:
            raise _refusal(number, f"{name} stands on line {seen_on[name]} already")
        else:
            amounts[name] = _quantity(number, name, value)
            seen_on[name] = number
    for name in REQUIRED:
        if name not in amounts:
            raise BadPlan(
                f"{name} is missing", hint=f"add a line such as: resource {name} {_usual(name)}"
            )
    return Resources(amounts, frozenset(ports["messport"]), frozenset(ports["connport"]))


def format_restrictions(resources: Resources) -> str:
    """The text that `parse_restrictions` reads back to the same amounts."""
    lines = [
        f"resource {name} {_written(resources, name)}"
        for name in (*RENEWABLE, *COUNTED)
        if name in REQUIRED or resources.amount(name)
    ]
    for name in PORTS:
        lines += [f"resource {name} {port}" for port in sorted(resources.ports(name))]
    return "\n".join(lines) + "\n"


def _written(resources: Resources, name: str) -> str:
    if name in COUNTED:
        return str(resources.count(name))
    exact = Decimal(resources.quantities.get(name, 0)).scaleb(-6)
    return f"{exact:f}".rstrip("0").rstrip(".") or "0"


def _quantity(number: int, name: str, value: str) -> int:
    try:
        return to_quantity(name, Decimal(value))
    except InvalidOperation:
        raise _refusal(number, f"{name}: {value[:30]!r} is not a number") from None
    except UsageError as error:
        raise _refusal(number, error.message) from None


def _port(number: int, name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 5):
        raise _refusal(number, f"{name}: {value[:30]!r} is not a port")
    if not 1 <= int(value) <= 65535:
        raise _refusal(number, f"{name}: {value} is not a port from 1 to 65535")
    return int(value)


def _usual(name: str) -> str:
    return {"cpu": "0.1", "memory": "30000000", "diskused": "20000000"}[name]


def _refusal(number: int, text: str) -> BadPlan:
    return BadPlan(f"line {number}: {text}", hint="correct that line of the resource file")
