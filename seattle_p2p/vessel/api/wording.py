"""The reference as people read it, whole and by call."""

import textwrap
from collections.abc import Sequence

from seattle_p2p.vessel.api.call import Call
from seattle_p2p.vessel.repy_errors import PARENTS


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
