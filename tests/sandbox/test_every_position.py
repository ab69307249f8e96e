"""A forbidden attribute or name is refused wherever Python's grammar lets one stand."""

import ast

import pytest

from seattle_p2p.errors import ProgramRefused
from seattle_p2p.vessel.language import compile_program

EXPRESSIONS = r"""
HOLE
x = HOLE
x = y = HOLE
x, y = HOLE, 1
x[HOLE] = 1
x[HOLE:1] = []
x[1:HOLE:2]
x[1:2:HOLE]
x[HOLE, ...]
x += HOLE
x[HOLE] += 1
HOLE.y += 1
HOLE.y = 1
HOLE[0] = 1
x: int = HOLE
(x): int = HOLE
HOLE.y: int = 1
HOLE[0]: int = 1
del HOLE[0]
del HOLE.y
del (x, HOLE[0])
x = (y := HOLE)
x = HOLE if y else z
x = y if HOLE else z
x = y if z else HOLE
x = HOLE or y
x = not HOLE
x = -HOLE
x = y < HOLE
x = y in HOLE
x = [HOLE]
x = {HOLE}
x = {HOLE: 1}
x = {1: HOLE}
x = {**HOLE}
x = [*HOLE]
x = (*HOLE, 1)
*x, y = HOLE
f(HOLE)
f(*HOLE)
f(**HOLE)
f(x=HOLE)
HOLE()
HOLE.y()
x = lambda: HOLE
x = lambda y=HOLE: y
x = lambda *, y=HOLE: y
x = [HOLE for y in z]
x = [y for y in HOLE]
x = [y for y in z if HOLE]
x = [y for y in z for w in HOLE]
x = [y for HOLE.y in z]
x = {HOLE for y in z}
x = {HOLE: 1 for y in z}
x = {1: HOLE for y in z}
x = (HOLE for y in z)
x = f"{HOLE}"
x = f"{HOLE!r:>{y}}"
x = f"{y:{HOLE}}"
x = f"{y:>{HOLE}.{z}}"
x = f"{y}" f"{HOLE}" "z"
assert HOLE
assert x, HOLE
raise HOLE
raise x from HOLE
if HOLE: pass
if x: HOLE
if x: pass\nelif HOLE: pass
if x: pass\nelse: HOLE
while HOLE: pass
while x: HOLE
while x: pass\nelse: HOLE
for x in HOLE: pass
for HOLE.x in y: pass
for HOLE[0] in y: pass
for x in y: HOLE
for x in y: pass\nelse: HOLE
with HOLE: pass
with x as HOLE.y: pass
with x as (y, HOLE[0]): pass
with x, HOLE as y: pass
with x: HOLE
try: HOLE\nexcept X: pass
try: pass\nexcept HOLE: pass
try: pass\nexcept (X, HOLE): pass
try: pass\nexcept X: HOLE
try: pass\nexcept X: pass\nelse: HOLE
try: pass\nfinally: HOLE
def f(): HOLE
def f(): return HOLE
def f(): yield HOLE
def f(): x = yield HOLE
def f(): yield from HOLE
def f(x=HOLE): pass
def f(x=HOLE, /): pass
def f(*, x=HOLE): pass
def f():\n    def g():\n        HOLE
@HOLE\ndef f(): pass
@f(HOLE)\ndef g(): pass
@f\n@HOLE.y\ndef g(): pass
class C(HOLE): pass
class C:\n    HOLE
class C:\n    x = HOLE
class C:\n    def f(self, x=HOLE): pass
class C:\n    class D:\n        HOLE
@HOLE\nclass C: pass
"""
"""Every place of an expression; a backslash and n stand for the end of a line."""

BINDINGS = r"""
NAME = 1
x = NAME = 1
x, NAME = 1, 2
x, (y, *NAME) = z
[NAME] = x
NAME += 1
NAME: int = 1
NAME: int
(NAME := 1)
x = [NAME for NAME in y]
x = [(NAME := y) for y in z]
for NAME in x: pass
for x, (NAME, y) in z: pass
with x as NAME: pass
with x as (y, NAME): pass
try: pass\nexcept X as NAME: pass
del NAME
def NAME(): pass
def f(NAME): pass
def f(NAME, /): pass
def f(*, NAME): pass
def f(*NAME): pass
def f(**NAME): pass
def f():\n    global NAME
def f():\n    NAME = 1\n    def g():\n        nonlocal NAME
x = lambda NAME: 1
x = lambda NAME, /: 1
x = lambda *NAME: 1
x = lambda **NAME: 1
x = lambda *, NAME: 1
class NAME: pass
class C:\n    NAME = 1
class C:\n    def NAME(self): pass
f(NAME=1)
x = NAME
x.NAME
x.NAME = 1
del x.NAME
x.NAME()
"""
"""Every place of a name."""

ATTRIBUTES = [
    "().__class__",
    "x.gi_frame",
    "x.__globals__",
    "x._C__y",
    "x.__dict__.y",
    "__builtins__",
]
NAMES = ["__builtins__", "__class__", "__import__", "__x"]


PRIVATE = {"class C:\n    __x = 1", "class C:\n    def __x(self): pass"}
"""Names with two underscores that a class may have: they become ones nobody else can say."""


def _filled(templates: str, hole: str, words: list[str]) -> list[str]:
    lines = [line.replace("\\n", "\n") for line in templates.strip().split("\n")]
    return [line.replace(hole, word) for line in lines for word in words]


@pytest.mark.parametrize(
    "text", _filled(EXPRESSIONS, "HOLE", ATTRIBUTES) + _filled(BINDINGS, "NAME", NAMES)
)
def test_language_refuses_it_there(text):
    try:
        ast.parse(text)
    except SyntaxError:
        pytest.skip("not Python, so nothing to refuse")
    if text in PRIVATE:
        pytest.skip("a class's own name")

    with pytest.raises(ProgramRefused):
        compile_program(text, "program")


@pytest.mark.parametrize(
    "text", _filled(EXPRESSIONS, "HOLE", ["x.y"]) + _filled(BINDINGS, "NAME", ["_x"])
)
def test_language_takes_what_is_harmless_there(text):
    compile_program(text, "program")
