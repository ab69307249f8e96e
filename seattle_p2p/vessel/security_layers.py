"""Security layers: programs of their own that stand between a program and the calls.

A layer is written in the language of programs and checked like one. It sees the calls of the
layer below it and says in a table what the one above may call:

    CHILD_CONTEXT_DEF["openfile"] = {
        "type": "objc", "args": (str, bool), "exceptions": FileError, "return": {
            "name": "Guarded", "obj-type": Guarded,
            "writeat": {"type": "func", "args": (str, int), "exceptions": Exception,
                        "return": None, "target": Guarded.writeat},
        }, "target": guarded_openfile,
    }
    secure_dispatch_module()

Calls that it does not name stay as they are below. Types of arguments and results and the
kinds of exceptions are enforced both ways, so neither side can pass the other what it does
not expect; objects come up only as sealed wrappers that offer what the table lists.
"""

from collections.abc import Callable, Mapping
from typing import Any

from seattle_p2p.vessel.guards import Sealed
from seattle_p2p.vessel.virtual import Runner, context_over

_KINDS = ("func", "objc", "any")


class LayerFault(Exception):
    """A layer is not what its table says, or its table is none."""


def stack(
    runner: Runner, names: dict[str, Any], layers: list[tuple[str, bytes]]
) -> dict[str, Any]:
    """The names a program gets above some layers, the first of which stands lowest.

    Args:
        runner: Checks and runs their code.
        names: What there is without any layer.
        layers: Name and text of each.

    Raises:
        ProgramRefused: The language does not allow what a layer says.
        LayerFault: A layer ended without saying what may be called, or said it badly.
    """
    for name, text in layers:
        names = _above(runner, dict(names), name, text)
    return names


def _above(runner: Runner, below: dict[str, Any], name: str, text: bytes) -> dict[str, Any]:
    table: dict[str, Any] = {}
    finished: list[bool] = []
    own = dict(below)
    own["CHILD_CONTEXT_DEF"] = table
    own["secure_dispatch_module"] = _Call(lambda: finished.append(True))
    own["_context"] = context_over(own)
    runner.run(runner.compile(text, name), own)
    if not finished:
        raise LayerFault(f"the layer {name!r} never called secure_dispatch_module()")
    above = dict(below)
    for call, entry in table.items():
        if type(call) is not str or call not in below:
            raise LayerFault(
                f"the layer {name!r} redefines {str(call)[:40]!r}, which is no call"
            )
        above[call] = _wrapped(call, entry, None, below["RepyArgumentError"])
    return above


def _wrapped(call: str, entry: Any, owner: Any, bad_argument: type[Exception]) -> "_Call":
    """The function that the layer above calls, with every check its table asks for."""
    if type(entry) is not dict:
        raise LayerFault(f"{call}: its entry is no dictionary")
    missing = {"type", "args", "exceptions", "return", "target"} - entry.keys()
    if missing or entry["type"] not in _KINDS:
        raise LayerFault(f"{call}: its entry lacks {', '.join(sorted(missing)) or 'a type'}")
    wanted, target = entry["args"], entry["target"]
    expected = _classes(entry["exceptions"])
    result_of = entry["return"]

    def carry_out(*args: Any) -> Any:
        if problem := _problem_with(wanted, args):
            raise bad_argument(f"{call}: {problem}")
        try:
            result = target(*args) if owner is None else target(owner, *args)
        except expected:
            raise
        except Exception as error:
            raise LayerFault(f"{call}: ended with {type(error).__name__}") from error
        if entry["type"] != "objc":
            return _checked(call, entry["type"], result_of, result)
        if not isinstance(result_of, Mapping):
            raise LayerFault(f"{call}: its result's table is no dictionary")
        return _Object(result_of, result, bad_argument)

    return _Call(carry_out)


def _problem_with(wanted: Any, args: tuple[Any, ...]) -> str:
    """What is wrong with some arguments; empty when nothing is."""
    if wanted == "any":
        return ""
    kinds = wanted if type(wanted) is tuple else (() if wanted is None else (wanted,))
    if len(args) != len(kinds):
        return f"{len(args)} arguments, {len(kinds)} wanted"
    for place, (value, kind) in enumerate(zip(args, kinds, strict=True), start=1):
        if not _is(value, kind):
            return f"argument {place} is of the type {type(value).__name__}"
    return ""


def _checked(call: str, kind: str, wanted: Any, result: Any) -> Any:
    kinds = wanted if type(wanted) is tuple else (wanted,)
    if kind == "any" or any(_is(result, each) for each in kinds):
        return result
    raise LayerFault(f"{call}: gave {type(result).__name__}")


def _is(value: Any, kind: Any) -> bool:
    """Whether a value is of one kind: a class, a tuple of classes, None, or ``"any"``."""
    if kind is None:
        return value is None
    if kind == "any":
        return True
    if type(kind) is tuple:
        return any(_is(value, each) for each in kind)
    if isinstance(kind, type):
        return type(value) is kind or (type(kind) is Sealed and isinstance(value, kind))
    return False


def _classes(kinds: Any) -> tuple[type[Exception], ...]:
    listed = kinds if type(kinds) is tuple else (kinds,)
    return tuple(k for k in listed if isinstance(k, type) and issubclass(k, Exception))


class _Call(metaclass=Sealed):
    """Something the layer above may call, and nothing else."""

    __slots__ = ("__call",)

    def __init__(self, call: Callable[..., Any]) -> None:
        object.__setattr__(self, "_Call__call", call)

    def __call__(self, *args: Any) -> Any:
        """Make the call."""
        call: Callable[..., Any] = object.__getattribute__(self, "_Call__call")
        return call(*args)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse."""
        raise AttributeError("calls cannot be changed")


class _Object(metaclass=Sealed):
    """What a layer hands up: the methods its table lists, nothing else of the object."""

    __slots__ = ("__methods",)

    def __init__(
        self, table: Mapping[str, Any], thing: Any, bad_argument: type[Exception]
    ) -> None:
        methods = {
            name: _wrapped(name, entry, thing, bad_argument)
            for name, entry in table.items()
            if name not in ("name", "obj-type")
        }
        object.__setattr__(self, "_Object__methods", methods)

    def __getattr__(self, name: str) -> Any:
        """A method of the table."""
        methods: dict[str, Any] = object.__getattribute__(self, "_Object__methods")
        if name in methods:
            return methods[name]
        raise AttributeError(f"there is no {name!r} above this layer")

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse."""
        raise AttributeError("what a layer hands up cannot be changed")
