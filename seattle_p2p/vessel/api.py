"""What programs may call, as data: the one place from which the reference is made.

`docs/reference/vessel-api.md` and `seattle api` are written from these tables; tests hold the
calls, their costs and their exceptions to them. The tables themselves are in `api_table.py`.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from seattle_p2p.vessel.repy_errors import PARENTS
from seattle_p2p.vessel.resources import COUNTED


@dataclass(frozen=True, slots=True)
class Cost:
    """What a call takes of one resource.

    Args:
        resource: Name as in the resource file; ``send`` and ``recv`` stand for ``loopsend`` and
            ``looprecv`` on loopback and for ``netsend`` and ``netrecv`` everywhere else.
        amount: Bytes, or pieces of what is counted.
        each: What more is taken: ``byte`` adds the bytes that were moved, ``block`` makes
            `amount` the price of every 4096-byte block that is touched, at least one.
        when: Empty for always.
    """

    resource: str
    amount: int
    each: str = ""
    when: str = ""

    def __str__(self) -> str:
        """As people read it: ``send 64 + 1 for each byte``."""
        price = str(self.amount)
        if self.each == "byte":
            price = f"{price} + 1 for each byte" if self.amount else "1 for each byte"
        elif self.each:
            price = f"{price} for each {self.each}"
        return " ".join(filter(None, (self.resource, price, self.when)))


@dataclass(frozen=True, slots=True)
class Call:
    """One call, or one method of an object that a call returned.

    Args:
        name: ``openfile``, or ``file.readat`` for a method.
        ids: Of the original's calls, for `docs/know/from-seattle.md`.
        arguments: As in a `def`.
        returns: What comes back.
        what: A few sentences.
        costs: What it takes, in the order it is taken.
        waits: What it may wait for besides a rate that is used up; empty for nothing.
        errors: Exceptions and when they come: the first that applies is raised.
        example: A program that runs.
    """

    name: str
    ids: str
    arguments: str
    returns: str
    what: str
    costs: tuple[Cost, ...] = ()
    waits: str = ""
    errors: tuple[tuple[str, str], ...] = ()
    example: str = ""

    @property
    def metered(self) -> bool:
        """Whether a rate is charged, so that it may wait for it."""
        return any(cost.resource not in COUNTED for cost in self.costs)


def find(name: str, calls: Sequence[Call]) -> list[Call]:
    """Calls of a name, also of a method without its object; a prefix when nothing fits."""
    wanted = name.lower()
    exact = [c for c in calls if wanted in (c.name, c.name.rpartition(".")[2])]
    return exact or [call for call in calls if call.name.startswith(wanted)]


def as_text(call: Call) -> str:
    """One call for a terminal."""
    lines = [f"{call.name}({call.arguments}) -> {call.returns}", ""]
    lines += [*textwrap.wrap(call.what, 88), ""]
    lines += [f"costs   {cost}" for cost in call.costs] or ["costs   nothing"]
    lines.append(f"waits   {_waits(call)}")
    for name, when in call.errors:
        lines.append(f"raises  {name}: {when}")
    if call.example:
        lines += ["", *("    " + line for line in call.example.splitlines())]
    return "\n".join(lines)


def as_markdown(calls: Sequence[Call]) -> str:
    """The whole reference."""
    parts = [_PREFACE]
    parts += [_section(call) for call in calls]
    parts += [_NAMES, "## Exceptions\n", "```text", *_tree("Exception", 0), "```", ""]
    return "\n".join(parts)


def _section(call: Call) -> str:
    lines = [f"## `{call.name}({call.arguments})`", ""]
    lines += [*textwrap.wrap(call.what, 98), ""]
    lines.append(f"* **Returns** {call.returns}.")
    costs = "; ".join(str(cost) for cost in call.costs) or "nothing"
    lines.append(f"* **Costs** {costs}.")
    lines.append(f"* **Waits** {_waits(call)}.")
    if call.errors:
        lines += ["", "| raises, first that applies | when |", "|---|---|"]
        lines += [f"| `{name}` | {when} |" for name, when in call.errors]
    if call.example:
        lines += ["", "```python", call.example.rstrip(), "```"]
    return "\n".join([*lines, ""])


def _waits(call: Call) -> str:
    for_rates = "while its rate is used up" if call.metered else ""
    return "; ".join(filter(None, (call.waits, for_rates))) or "never"


def _tree(parent: str, depth: int) -> list[str]:
    lines = ["    " * depth + parent]
    for name, above in PARENTS.items():
        if above == parent:
            lines += _tree(name, depth + 1)
    return lines


_PREFACE = """# What programs call

Written by `seattle api --markdown` from the tables that the tests hold the calls to; one call
on the terminal: `seattle api openfile`. How a vessel works: [vessels](../know/vessel.md).

* **Data** that calls return is text whose characters are U+0000 to U+00FF, one for each byte.
  Such text, `bytes` and `bytearray` are accepted. `text.encode('utf-8')` before sending other
  text, and `data.encode('latin-1').decode('utf-8')` after receiving it.
* **Rates** (bytes a second) hold one second's worth: a call waits until its rate is not used
  up, then takes all it needs. `send` and `recv` mean `loopsend` and `looprecv` on loopback,
  `netsend` and `netrecv` elsewhere. A call that needs a rate of which nothing was granted ends
  in `ResourceForbiddenError`.
* **Arguments** are looked at first: wrong types and values raise `RepyArgumentError` before
  anything is asked, and types are exact (`True` is no number).
* **Exceptions** are listed in the order in which they are looked for; `ResourceExhaustedError`
  may also come when the machine itself runs out of something.
"""

_NAMES = """## Other names

| name | meaning |
|---|---|
| `callargs` | the program's arguments, a list of texts |
| `callfunc` | always the text `initialize` |
| `mycontext` | an empty dictionary, the same one everywhere in the program |
| `_context` | the program's own globals, as a SafeDict |
| `SafeDict` | a dictionary whose keys are names that programs may use |
| `print` | Python's own, into the log |

Beside these: Python's plain built-in functions and types, and the exceptions below.
"""
