"""What a program may say: a policy for RestrictedPython.

Nearly everything is settled before the program runs, by looking at names. Names that begin with
two underscores, and those through which frames, code and tracebacks are reached, can neither be
bound nor asked for (a class's private names, `self.__x`, become names that nobody else can
write); there is no import, no `async`, no `match`, no `except*`. What only shows
while the program runs is left to the few guards of `guards.py`, which compiled programs call
under names that cannot be written in Python, so a program cannot take their place.

Pure: no files, clock, sockets or threads here. This is the first of three walls; the jail and
the broker behind it hold alone.
"""

import ast
import builtins
from types import CodeType

from RestrictedPython.transformer import INSPECT_ATTRIBUTES, RestrictingNodeTransformer

from seattle_p2p.errors import ProgramRefused


def names_in(text: str) -> list[str]:
    """A list of names, written as people read them."""
    return text.split()


FORMAT_GUARD, INIT_GUARD, OBJECT_GUARD, METACLASS = "$format", "$init", "$obj", "$class"
CAUGHT_GUARD = "$caught"
"""Names of the guards in a program's globals."""

_ASKS_FOR_ERRORS = "getlasterror"
"""Programs that say this have every handler remember what it caught."""

MAGIC_METHODS = frozenset(
    f"__{word}__"
    for word in names_in(
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
    names_in(
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
    """RestrictedPython's walk over the syntax tree, with our rules in place of its guards.

    Args:
        remember_caught: Begin every `except` block with a call of `CAUGHT_GUARD`.
    """

    def __init__(self, *, remember_caught: bool = False) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._remember_caught = remember_caught
        self._class = ""

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

    def _is_private(self, name: str) -> bool:
        """True for `__x` in a class: Python makes it the class's own, and so do we."""
        return bool(self._class) and name.startswith("__") and not name.endswith("__")

    def _own(self, name: str) -> str:
        """A private name, made one that no text of a program can say.

        Python's own form, `_Class__x`, could be a private name of one of our classes.
        """
        return f"{self._class}.{name}"

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """A name that is read, bound or deleted."""
        if node.id == "__name__" and isinstance(node.ctx, ast.Load):
            return ast.copy_location(ast.Constant("__main__"), node)
        if self._is_private(node.id):
            node.id = self._own(node.id)
            return node
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
        if self._is_private(node.attr):
            node.attr = self._own(node.attr)
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
        node.names = [self._own(n) if self._is_private(n) else n for n in node.names]
        for name in node.names:
            if "." not in name:
                self.check_name(node, name)
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        """`f(name=value)`: names of arguments follow the rule, too."""
        self.check_name(node.value, node.arg)
        return self.node_contents_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        """`except E as name`."""
        self.check_name(node, node.name)
        visited: ast.ExceptHandler = self.node_contents_visit(node)
        if self._remember_caught:
            remember = ast.Expr(ast.Call(ast.Name(CAUGHT_GUARD, ast.Load()), [], []))
            visited.body.insert(0, ast.copy_location(remember, visited))
        return visited

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
        if self._is_private(node.name):
            node.name = self._own(node.name)
        else:
            self.check_name(node, node.name, allow_magic_methods=True)
        self._refuse_type_parameters(node)
        self.check_function_argument_names(node)
        node.returns = None
        return self.node_contents_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        """`class`: always of our metaclass; no keywords."""
        # Python drops underscores in front; a name of nothing else has no privates.
        inner = node.name.lstrip("_")
        if self._is_private(node.name):
            node.name = self._own(node.name)
        else:
            self.check_name(node, node.name)
        self._refuse_type_parameters(node)
        if node.keywords:
            self.error(node, "a class may not have keywords")
        if any(isinstance(base, ast.Starred) for base in node.bases):
            self.error(node, "a class's bases must be written out")
        node.bases = [self.visit(base) for base in node.bases]
        node.decorator_list = [self.visit(each) for each in node.decorator_list]
        outer, self._class = self._class, inner
        node.body = [self.visit(statement) for statement in node.body]
        self._class = outer
        node.keywords = [ast.keyword("metaclass", ast.Name(METACLASS, ast.Load()))]
        return ast.fix_missing_locations(node)

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
    decoded = _decode(text)
    tree = _parse(decoded, name)
    policy = Policy(remember_caught=_ASKS_FOR_ERRORS in decoded)
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
