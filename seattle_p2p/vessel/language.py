"""What a program may say: a policy for RestrictedPython and the few guards it needs at run
time.

Nearly everything is settled before the program runs, by looking at names. Names that begin with
two underscores, and those through which frames, code and tracebacks are reached, can neither be
bound nor asked for; there is no import, no `async`, no `match`, no `except*`. So the guards
at run time are three: dynamic names (`getattr` and its kin), `format` (whose fields could
name attributes) and `__init__` (given only for the program's own classes and plain built-in
bases). Guards have names that cannot be written in Python, so a program cannot take their
place.

Pure: no files, clock, sockets or threads here. This is the first of three walls; the jail and
the broker behind it hold alone.
"""

import ast
import builtins
import string
from _string import formatter_field_name_split  # type: ignore[import-not-found]
from collections.abc import Callable, Mapping, Sequence
from types import BuiltinMethodType, CodeType, FrameType, ModuleType, TracebackType
from typing import Any

from RestrictedPython.transformer import INSPECT_ATTRIBUTES, RestrictingNodeTransformer

from seattle_p2p.errors import ProgramRefused


def _words(text: str) -> list[str]:
    """A list of names, written as people read them."""
    return text.split()


FORMAT_GUARD, INIT_GUARD, OBJECT_GUARD, METACLASS = "$format", "$init", "$obj", "$class"
"""Names of the guards in a program's globals."""

MAGIC_METHODS = frozenset(
    f"__{word}__"
    for word in _words(
        "init del str repr bytes hash bool len iter next reversed contains call "
        "getitem setitem delitem missing getattr setattr delattr enter exit eq ne "
        "lt le gt ge add sub mul truediv floordiv mod divmod pow matmul lshift "
        "rshift and or xor radd rsub rmul rtruediv rfloordiv rmod rpow rmatmul "
        "rlshift rrshift rand ror rxor iadd isub imul itruediv ifloordiv imod "
        "ipow imatmul ilshift irshift iand ior ixor neg pos abs invert int float "
        "complex round trunc floor ceil format length_hint"
    )
)
"""Methods with two underscores that a class of the program may define.

Not among them: `__index__` (lets C code be re-entered in the middle of a buffer),
`__getattribute__`, `__class__`, `__reduce__`, `__init_subclass__`, `__set_name__`,
`__class_getitem__`, `__match_args__`, `__slots__`."""

_FORBIDDEN_ATTRIBUTES = frozenset(INSPECT_ATTRIBUTES) | frozenset(
    _words(
        "gi_frame gi_code gi_yieldfrom gi_running gi_suspended cr_frame cr_code "
        "cr_await cr_origin cr_running ag_frame ag_code ag_await ag_running "
        "tb_frame tb_next tb_lasti tb_lineno f_back f_builtins f_code f_generator "
        "f_globals f_locals f_trace f_lasti f_lineno co_code co_consts co_names "
        "mro with_traceback add_note func_globals func_code im_func im_self "
        "im_class"
    )
)
"""Ways from an object to the interpreter's insides."""

_MAX_DEPTH = 1000
"""Nesting of a program's text: far above what people write, far below what crashes a
compiler."""


class Policy(RestrictingNodeTransformer):
    """RestrictedPython's walk over the syntax tree, with our rules in place of its guards."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []

    # -- names ----------------------------------------------------------------------------

    def check_name(
        self, node: ast.AST, name: str | None, allow_magic_methods: bool = False
    ) -> None:
        """Refuse to bind or read a name that could be one of the interpreter's."""
        if name is None:
            return
        if allow_magic_methods and name in MAGIC_METHODS:
            return
        if not is_plain_name(name):
            self.error(node, f"the name {name!r} may not be used")
        elif name in _NO_NAMES:
            self.error(node, f"there is no {name!r} for programs")

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """A name that is read, bound or deleted."""
        if node.id == "__name__" and isinstance(node.ctx, ast.Load):
            return ast.copy_location(ast.Constant("__main__"), node)
        # `__rmul__ = __mul__` in a class is what `def` may do, too.
        self.check_name(node, node.id, allow_magic_methods=True)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """`a.b`: the name is known here, so no guard is needed when it is a plain one."""
        contents = self.node_contents_visit(node)
        reading = isinstance(node.ctx, ast.Load)
        if reading and node.attr in ("format", "format_map"):
            return self._guarded(FORMAT_GUARD, node, ast.Constant(node.attr))
        if reading and node.attr == "__init__":
            return self._guarded(INIT_GUARD, node)
        if reading and node.attr == "obj":
            return self._guarded(OBJECT_GUARD, node)
        if reading and node.attr == "__name__":
            return contents
        if not is_plain_attribute(node.attr):
            self.error(node, f"the attribute {node.attr!r} may not be used")
        return contents

    def _guarded(self, guard: str, node: ast.Attribute, *more: ast.expr) -> ast.AST:
        call = ast.Call(ast.Name(guard, ast.Load()), [node.value, *more], [])
        ast.copy_location(call, node)
        return ast.fix_missing_locations(call)

    def visit_Global(self, node: ast.Global) -> ast.AST:
        """`global x`."""
        return self._named(node)

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        """`nonlocal x`."""
        return self._named(node)

    def _named(self, node: ast.Global | ast.Nonlocal) -> ast.AST:
        for name in node.names:
            self.check_name(node, name)
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        """`f(name=value)`: names of arguments follow the rule, too."""
        self.check_name(node.value, node.arg)
        return self.node_contents_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        """`except E as name`."""
        self.check_name(node, node.name)
        return self.node_contents_visit(node)

    # -- left as they are: nothing we protect is reached through them -------------------------

    def _as_it_is(self, node: ast.AST) -> ast.AST:
        return self.node_contents_visit(node)

    visit_Subscript = _as_it_is
    visit_Assign = _as_it_is
    visit_Call = _as_it_is
    visit_With = _as_it_is
    visit_Module = _as_it_is

    def guard_iter(self, node: ast.For | ast.comprehension) -> ast.AST:
        """`for x in y`, in statements and comprehensions."""
        return self.node_contents_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """`a.b += c` reads `a.b`, too, and no guard can stand there."""
        if isinstance(node.target, ast.Attribute) and node.target.attr in _GUARDED:
            self.error(node, f"the attribute {node.target.attr!r} may not be changed in place")
        return self.node_contents_visit(node)

    # -- annotations: dropped, so never evaluated ----------------------------------------

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """`x: T = 1` becomes `x = 1`; `x: T` alone becomes nothing, its target is checked."""
        target = self.visit(node.target)
        if node.value is None:
            return ast.copy_location(ast.Pass(), node)
        assign = ast.Assign([target], self.visit(node.value))
        return ast.copy_location(assign, node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        """A parameter."""
        node.annotation = None
        return node

    # -- functions and classes ----------------------------------------------------------------

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """`def`; methods with two underscores only as listed."""
        self.check_name(node, node.name, allow_magic_methods=True)
        self._refuse_type_parameters(node)
        self.check_function_argument_names(node)
        node.returns = None
        return self.node_contents_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """`class`: always of our metaclass; no keywords."""
        self.check_name(node, node.name)
        self._refuse_type_parameters(node)
        if node.keywords:
            self.error(node, "a class may not have keywords")
        if any(isinstance(base, ast.Starred) for base in node.bases):
            self.error(node, "a class's bases must be written out")
        visited: ast.ClassDef = self.node_contents_visit(node)
        metaclass = ast.Name(METACLASS, ast.Load())
        visited.keywords = [ast.keyword("metaclass", metaclass)]
        return ast.fix_missing_locations(visited)

    def _refuse_type_parameters(self, node: ast.AST) -> None:
        if getattr(node, "type_params", None):
            self.error(node, "type parameters are not part of the language")

    # -- said plainly --------------------------------------------------------------------

    def visit_Import(self, node: ast.Import) -> None:
        """No module is ever handed out."""
        self.error(node, f"import is not part of the language (import {node.names[0].name})")

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """No module is ever handed out."""
        self.error(node, f"import is not part of the language (from {node.module} import …)")

    def not_allowed(self, node: ast.AST) -> None:
        """Everything this class and its parent do not name."""
        words = _WORDS.get(type(node).__name__, type(node).__name__)
        self.error(node, f"{words} is not part of the language")

    def error(self, node: ast.AST, info: str) -> None:
        """Note what is wrong, with its line in front where `compile_program` finds it."""
        self.found.append((getattr(node, "lineno", 0), info))


_WORDS = {
    "TryStar": "except*",
    "Match": "match",
    "AsyncFunctionDef": "async def",
    "Await": "await",
    "AsyncFor": "async for",
    "AsyncWith": "async with",
    "TypeAlias": "type",
}

_GUARDED = frozenset({"format", "format_map", "obj"})

_NO_NAMES = frozenset({"exec", "eval", "compile"})


def is_plain_name(name: str) -> bool:
    """True for names without two leading underscores (one is fine) that are Python names."""
    return name.isidentifier() and not name.startswith("__")


def is_plain_attribute(name: str) -> bool:
    """True for attributes that lead nowhere but where the program put them.

    A name mangled by a class (`_Class__name`) is refused: it would reach what stands as
    `__name` inside.
    """
    if name.startswith("_") and "__" in name:
        return False
    return name.isidentifier() and name not in _FORBIDDEN_ATTRIBUTES


def compile_program(text: bytes | str, name: str) -> CodeType:
    """The program's code.

    Args:
        text: As it was uploaded; bytes must be UTF-8.
        name: For tracebacks.

    Raises:
        ProgramRefused: With the line: not Python, or something the language does not have.
    """
    tree = _parse(_decode(text), name)
    policy = Policy()
    try:
        visited = policy.visit(tree)
        if not policy.found:
            return builtins.compile(
                ast.fix_missing_locations(visited), name, "exec", dont_inherit=True
            )
    except (RecursionError, MemoryError):
        raise ProgramRefused("the program is nested too deeply", line=1) from None
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 1
        raise ProgramRefused(_words_of(error), line=line) from None
    line, info = min(policy.found)
    raise ProgramRefused(info, line=line)


def _decode(text: bytes | str) -> str:
    if isinstance(text, bytes):
        try:
            text = text.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
        except UnicodeDecodeError as error:
            line = text[: error.start].count(b"\n") + 1 if isinstance(text, bytes) else 1
            raise ProgramRefused("the program is not UTF-8 text", line=line) from None
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise ProgramRefused("the program contains a NUL character", line=line)
    return text


def _parse(text: str, name: str) -> ast.Module:
    try:
        tree = ast.parse(text, name)
    except SyntaxError as error:
        raise ProgramRefused(_words_of(error), line=error.lineno or 1) from None
    except (RecursionError, MemoryError):
        raise ProgramRefused("the program is nested too deeply", line=1) from None
    except (ValueError, OverflowError) as error:
        raise ProgramRefused(str(error), line=1) from None
    _require_shallow(tree)
    return tree


def _require_shallow(tree: ast.Module) -> None:
    """Refuse what is nested beyond `_MAX_DEPTH`, walking without recursion."""
    level: list[ast.AST] = [tree]
    depth = 0
    while level:
        depth += 1
        if depth > _MAX_DEPTH:
            line = getattr(level[0], "lineno", 1)
            raise ProgramRefused("the program is nested too deeply", line=line)
        level = [child for node in level for child in ast.iter_child_nodes(node)]


def _words_of(error: Exception) -> str:
    if isinstance(error, SyntaxError):
        return f"not valid Python: {error.msg}"
    return f"not valid Python: {error}"


# -- guards ------------------------------------------------------------------------------


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


_PLAIN_BUILTINS = _words(
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


def guards() -> dict[str, Callable[..., object]]:
    """What compiled programs call under names they cannot write."""
    return {
        FORMAT_GUARD: format_guard,
        INIT_GUARD: init_guard,
        OBJECT_GUARD: object_guard,
        METACLASS: ProgramClass,
    }
