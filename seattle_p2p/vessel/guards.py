"""What compiled programs are given at run time: guards, and the built-in names.

The policy of `language.py` settles by name nearly all that a program may say; three things
only show while it runs: dynamic names (`getattr` and its kin), `format` (whose fields could
name attributes) and `__init__` (given only for the program's own classes and plain built-in
bases). Besides, an AttributeError does not give its `obj`, and the classes handed to programs
cannot be changed.

Pure, like the policy: no files, clock, sockets or threads here.
"""

import builtins
import string
from _string import formatter_field_name_split  # type: ignore[import-not-found]  # no stubs
from collections.abc import Callable, Mapping, Sequence
from types import BuiltinMethodType, CodeType, FrameType, ModuleType, TracebackType
from typing import Any

from seattle_p2p.vessel.language import (
    CAUGHT_GUARD,
    FORMAT_GUARD,
    INIT_GUARD,
    METACLASS,
    OBJECT_GUARD,
    is_plain_attribute,
    names_in,
)


class Formatter(string.Formatter):
    """`str.format` whose fields may index, never name an attribute."""

    def get_field(
        self, field_name: str, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> tuple[Any, Any]:
        """The value a field names."""
        first, rest = formatter_field_name_split(field_name)
        value = self.get_value(first, args, kwargs)
        for is_attribute, key in rest:
            if is_attribute:
                raise AttributeError("format fields may not name attributes")
            value = value[key]
        return value, first


def _format(text: str, /, *args: Any, **kwargs: Any) -> str:
    return Formatter().vformat(str.__str__(text), args, kwargs)


def _format_map(text: str, mapping: Mapping[str, Any], /) -> str:
    return Formatter().vformat(str.__str__(text), (), mapping)


def format_guard(value: object, name: str) -> object:
    """`value.format` or `value.format_map`, safe for text of any kind and for the class
    itself."""
    safe = _format if name == "format" else _format_map
    if isinstance(value, type) and issubclass(value, str):
        return safe
    found = getattr(value, name)
    text = getattr(found, "__self__", None)
    if isinstance(found, BuiltinMethodType) and isinstance(text, str):
        return lambda *args, **kwargs: safe(text, *args, **kwargs)  # `super()` leads here, too
    if found is str.format or found is str.format_map:
        return safe
    return found


def object_guard(value: object) -> object:
    """`value.obj`; not of an AttributeError, where it may be an object of ours."""
    if isinstance(value, AttributeError):
        raise AttributeError("'AttributeError' object has no attribute 'obj'")
    return value.obj  # type: ignore[attr-defined]  # whatever the program gave that name


class Sealed(type):
    """The class of every class handed to programs: they cannot be changed."""

    def __setattr__(cls, name: str, value: object) -> None:
        """Refuse."""
        raise AttributeError(f"{cls.__name__} cannot be changed")

    def __delattr__(cls, name: str) -> None:
        """Refuse."""
        raise AttributeError(f"{cls.__name__} cannot be changed")


class ProgramClass(Sealed):
    """The class of every class that a program defines; marks them as its own."""

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, object]
    ) -> "ProgramClass":
        """Make a class out of the program's own, plain built-in and exception bases."""
        for base in bases:
            if not _may_be_base(base):
                raise TypeError(f"{getattr(base, '__name__', 'that')} cannot be a base class")
        return super().__new__(mcs, name, bases, namespace)

    def __setattr__(cls, name: str, value: object) -> None:
        """A program may change its own classes."""
        type.__setattr__(cls, name, value)

    def __delattr__(cls, name: str) -> None:
        """A program may change its own classes."""
        type.__delattr__(cls, name)


_PLAIN_BASES = (object, dict, list, set, frozenset, tuple, str, bytes, bytearray, int, float)


def _may_be_base(base: object) -> bool:
    if type(base) is ProgramClass or any(base is plain for plain in _PLAIN_BASES):
        return True
    return isinstance(base, type) and issubclass(base, Exception)


def init_guard(value: object) -> object:
    """`value.__init__`: for `super()`, the program's classes, and plain built-in bases."""
    if type(value) is super or type(type(value)) is ProgramClass or _may_be_base(value):
        return value.__init__  # type: ignore[misc]  # looked up on purpose
    raise AttributeError("__init__ may not be used here")


def require_attribute_name(name: object) -> str:
    """A dynamic name that keeps the rule of static ones.

    Raises:
        TypeError: Not exactly a str (a subclass could change between check and use).
        AttributeError: A name the program could not have written.
    """
    if type(name) is not str:
        raise TypeError("an attribute's name must be a plain str")
    if not is_plain_attribute(name):
        raise AttributeError(f"the attribute {name[:40]!r} may not be used")
    return name


_NOTHING = object()


def _getattr(value: object, name: object, default: object = _NOTHING, /) -> object:
    plain = require_attribute_name(name)
    if plain in ("format", "format_map"):
        return format_guard(value, plain)
    if plain == "obj" and isinstance(value, AttributeError):
        return object_guard(value)
    return getattr(value, plain) if default is _NOTHING else getattr(value, plain, default)


def _hasattr(value: object, name: object, /) -> bool:
    return hasattr(value, require_attribute_name(name))


def _setattr(value: object, name: object, new: object, /) -> None:
    setattr(value, require_attribute_name(name), new)


def _delattr(value: object, name: object, /) -> None:
    delattr(value, require_attribute_name(name))


def _type(value: object, /) -> object:
    found = type(value)
    hidden = type | CodeType | FrameType | ModuleType | TracebackType
    known = type(found) in (type, ProgramClass) or issubclass(found, Exception)
    if isinstance(value, hidden) or not known:
        raise TypeError("the type of this may not be asked for")
    return found


_PLAIN_BUILTINS = names_in(
    "abs all any ascii bin bool bytearray bytes callable chr classmethod complex "
    "dict divmod enumerate filter float format frozenset hash hex id int "
    "isinstance issubclass iter len list map max min next object oct ord pow "
    "property range repr reversed round set slice sorted staticmethod str sum "
    "super tuple zip ArithmeticError AssertionError AttributeError BufferError "
    "EOFError Exception FloatingPointError IndexError KeyError LookupError "
    "MemoryError NameError NotImplementedError OSError OverflowError "
    "RecursionError ReferenceError RuntimeError StopIteration SyntaxError "
    "SystemError TypeError UnboundLocalError UnicodeDecodeError "
    "UnicodeEncodeError UnicodeError ValueError ZeroDivisionError False None True "
    "NotImplemented Ellipsis Warning UserWarning DeprecationWarning"
)
"""Left out on purpose: BaseException and what only it catches, memoryview, vars, dir, globals,
locals, input, open, breakpoint, exec, eval, compile, `__import__`, exception groups."""


def program_builtins() -> dict[str, object]:
    """The built-in names of a program; a fresh dictionary for each."""
    names: dict[str, object] = {name: getattr(builtins, name) for name in _PLAIN_BUILTINS}
    names |= {
        "getattr": _getattr,
        "hasattr": _hasattr,
        "setattr": _setattr,
        "delattr": _delattr,
        "type": _type,
        "__build_class__": builtins.__build_class__,
    }
    return names


def guards(caught: Callable[[], None] = lambda: None) -> dict[str, Callable[..., object]]:
    """What compiled programs call under names they cannot write.

    Args:
        caught: Called first in every `except` block of a program that asks for its errors.
    """
    return {
        CAUGHT_GUARD: caught,
        FORMAT_GUARD: format_guard,
        INIT_GUARD: init_guard,
        OBJECT_GUARD: object_guard,
        METACLASS: ProgramClass,
    }
