"""Virtual namespaces: code that a program brings along, checked like itself, run in a context.

Every piece of program code runs with our built-ins although no `__builtins__` stands in its
globals: a function takes over the built-ins of the frame that makes it, and the frame that
makes these has ours. So a context can be handed out, listed and changed by the program
without showing it anything that is not its own."""

from collections.abc import Callable, Iterator, Mapping
from types import CodeType, FunctionType
from typing import Any

from seattle_p2p.errors import ProgramRefused
from seattle_p2p.vessel.guards import Sealed, guards, program_builtins
from seattle_p2p.vessel.language import compile_program, is_plain_name
from seattle_p2p.vessel.tracebacks import HIDDEN_PREFIX, LastErrors, Texts

_MAX_NAME = 200


class Runner:
    """Runs checked code with a program's built-ins.

    Args:
        texts: Every program text by the name it was compiled under, for tracebacks; added to.

    `last_errors` knows what each thread caught last.
    """

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self.last_errors = LastErrors(texts)
        # "__name__" is what a class statement writes into the class it makes.
        builtins = program_builtins() | guards(self.last_errors.remember)
        builtins["__name__"] = "__main__"
        home: dict[str, Any] = {"__builtins__": builtins}
        exec("def run(make, code, names): return make(code, names)()", home)
        self._run: Callable[[Any, CodeType, dict[str, Any]], object] = home["run"]

    def compile(self, text: bytes | str, name: str) -> CodeType:
        """Checked code; its lines are remembered for tracebacks.

        Raises:
            ProgramRefused: The language does not allow it.
        """
        shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
        self.texts[HIDDEN_PREFIX + name] = shown.splitlines()
        return compile_program(text, HIDDEN_PREFIX + name)

    def run(self, code: CodeType, names: dict[str, Any]) -> None:
        """Run module code with `names` as its globals."""
        self._run(FunctionType, code, names)


class ContextKeyError(TypeError):
    """A key that is no name a program may use."""


class SafeDict(metaclass=Sealed):
    """A context: names and what they stand for; keys are names that programs may use."""

    __slots__ = ("__names",)

    def __init__(self, *args: Any, **named: Any) -> None:
        object.__setattr__(self, "_SafeDict__names", {})
        self.update(*args, **named)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse."""
        raise AttributeError("a SafeDict has items, not attributes")

    def __getitem__(self, key: object) -> Any:
        """What stands under a name."""
        return _names(self)[_key(key)]

    def __setitem__(self, key: object, value: object) -> None:
        """Put something under a name."""
        _names(self)[_key(key)] = value

    def __delitem__(self, key: object) -> None:
        """Take a name away."""
        del _names(self)[_key(key)]

    def __contains__(self, key: object) -> bool:
        """Whether there is something under a name."""
        return type(key) is str and is_context_key(key) and key in _names(self)

    def __iter__(self) -> Iterator[str]:
        """Names, in the order they were put."""
        return iter(self.keys())

    def __len__(self) -> int:
        """How many names there are."""
        return len(self.keys())

    def __repr__(self) -> str:
        """As a dictionary shows itself."""
        return repr(dict(self.items()))

    def __eq__(self, other: object) -> bool:
        """Equal to a context or dictionary with the same items."""
        mine = dict(self.items())
        return mine == (dict(other.items()) if isinstance(other, SafeDict) else other)

    __hash__ = None  # type: ignore[assignment]  # as of a dictionary

    def keys(self) -> list[str]:
        """All names."""
        return [key for key in _names(self) if is_context_key(key)]

    def values(self) -> list[Any]:
        """Everything that stands under a name."""
        return [_names(self)[key] for key in self.keys()]

    def items(self) -> list[tuple[str, Any]]:
        """Names with what stands under them."""
        return [(key, _names(self)[key]) for key in self.keys()]

    def get(self, key: object, default: Any = None) -> Any:
        """What stands under a name, or `default`."""
        return _names(self).get(_key(key), default)

    def setdefault(self, key: object, default: Any = None) -> Any:
        """What stands under a name, `default` being put there first if nothing did."""
        if key not in self:
            self[key] = default
        return self[key]

    def pop(self, key: object, *default: Any) -> Any:
        """Take a name away; what stood under it."""
        return _names(self).pop(_key(key), *default)

    def update(self, *args: Any, **named: Any) -> None:
        """Put all items of dictionaries, contexts or pairs."""
        for source in args:
            pairs = source.items() if isinstance(source, Mapping | SafeDict) else source
            for key, value in list(pairs):
                self[key] = value
        for key, value in named.items():
            self[key] = value

    def clear(self) -> None:
        """Take everything away."""
        for key in self.keys():
            del self[key]

    def copy(self) -> "SafeDict":
        """Another context with the same items."""
        return SafeDict(self)


def is_context_key(key: object) -> bool:
    """True for a str that is a plain name."""
    return type(key) is str and is_plain_name(key)


def context_over(names: dict[str, Any]) -> SafeDict:
    """A context whose items are the names in `names`, as they are and will be."""
    context = SafeDict()
    object.__setattr__(context, "_SafeDict__names", names)
    return context


def _names(context: SafeDict) -> dict[str, Any]:
    names: dict[str, Any] = object.__getattribute__(context, "_SafeDict__names")
    return names


def _key(key: object) -> str:
    if not is_context_key(key):
        raise ContextKeyError(f"{str(key)[:40]!r} is no name for a context")
    assert type(key) is str
    return key


class VirtualNamespace(metaclass=Sealed):
    """Checked code, to be run in contexts any number of times."""

    __slots__ = ("__code", "__errors", "__runner")

    def __init__(
        self, runner: Runner, code: CodeType, errors: dict[str, type[Exception]]
    ) -> None:
        object.__setattr__(self, "_VirtualNamespace__runner", runner)
        object.__setattr__(self, "_VirtualNamespace__code", code)
        object.__setattr__(self, "_VirtualNamespace__errors", errors)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse."""
        raise AttributeError("a VirtualNamespace cannot be changed")

    def evaluate(self, context: object) -> SafeDict:
        """Run the code with a context's names as its globals (RP-37).

        Returns:
            The context itself, or a new one made of a plain dictionary.
        """
        errors = object.__getattribute__(self, "_VirtualNamespace__errors")
        if type(context) is dict:
            try:
                context = SafeDict(context)
            except ContextKeyError as error:
                raise errors["ContextUnsafeError"](str(error)) from None
        if type(context) is not SafeDict:
            raise errors["RepyArgumentError"]("a context must be a SafeDict or a dict")
        runner: Runner = object.__getattribute__(self, "_VirtualNamespace__runner")
        runner.run(object.__getattribute__(self, "_VirtualNamespace__code"), _names(context))
        return context


def create_namespace(
    runner: Runner, code: object, name: object, errors: dict[str, type[Exception]]
) -> VirtualNamespace:
    """Check code and keep it (RP-36)."""
    if type(code) is not str or type(name) is not str or len(name) > _MAX_NAME:
        raise errors["RepyArgumentError"]("code and name must be str, the name a short one")
    try:
        return VirtualNamespace(runner, runner.compile(code, name), errors)
    except ProgramRefused as refusal:
        raise errors["CodeUnsafeError"](f"line {refusal.line}: {refusal.message}") from None
