"""Python 2 into our language: each form alone, and whatever bytes come."""

import ast
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from seattle_p2p.cli.main import run
from seattle_p2p.errors import UsageError
from seattle_p2p.vessel.migration.kinds import Kinds
from seattle_p2p.vessel.migration.translate import MAX_PROGRAM_BYTES, translate


def body(text: str) -> str:
    """A translation without helpers and marks."""
    translated = translate(text.encode(), marks=False)
    return "\n".join(translated.text.split("\n")[translated.added_lines :])


def refusal(data: bytes) -> str:
    """The sentence that a text is refused with; empty when it is translated."""
    try:
        translate(data)
    except UsageError as error:
        return error.message
    return ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("print", "print()"),
        ("print a, b", "print(a, b)"),
        ("print a,", 'print(a, end=" ")'),
        ("print (a)", "print (a)"),
        ("print (a, b)", "print((a, b))"),
        ("print ()", "print(())"),
        ("print (a), (b)", "print((a), (b))"),
        ("print 'a' % b if c else d", "print('a' % b if c else d)"),
        ("if x: print y", "if x: print(y)"),
        ("print >>f, a", "print(a)"),
        ("print >>f", "print()"),
        ("raise E, 'x'", "raise E('x')"),
        ("raise E, (1, 2)", "raise E(1, 2)"),
        ("raise E, None", "raise E()"),
        ("raise E, `x`, tb", "raise E(repr(x))"),
        ("try: f()\nexcept E, e: g()", "try: f()\nexcept E as e: g()"),
        ("try: f()\nexcept (E, F), e: g()", "try: f()\nexcept (E, F) as e: g()"),
        ("try: f()\nexcept (E, F): g()", "try: f()\nexcept (E, F): g()"),
        ("try: f()\nexcept E, (m): g()", "try: f()\nexcept E as m: g()"),
        (
            "try: f()\nexcept E, (n, m): g()",
            "try: f()\nexcept E as caught_here: (n, m) = caught_here.args; g()",
        ),
        ("a <> b", "a != b"),
        ("`a`", "repr(a)"),
        ("0777 + 10L + 0xFFL + 0", "0o777 + 10 + 0xFF + 0"),
        ("1.5e3 + 09.5 + 1j", "1.5e3 + 09.5 + 1j"),
        ("x = u'a' + ur'\\d' + b'c'", "x = 'a' + r'\\d' + 'c'"),
        ("x = '\\d\\n\\u0041'", "x = '\\\\d\\n\\\\u0041'"),
        ("d.has_key(k)", "(k in d)"),
        ("not d.has_key(a or b)", "not ((a or b) in d)"),
        ("for k in d.iterkeys(): f", "for k in d.keys(): f"),
        ("x = d.keys()", "x = list(d.keys())"),
        ("d.items()[0][1]", "list(d.items())[0][1]"),
        ("sorted(d.values())", "sorted(d.values())"),
        ("def f(list): return d.keys() + list", "def f(list): return [*d.keys()] + list"),
        ("def f(cmp): return cmp(1, 2)", "def f(cmp): return cmp(1, 2)"),
        ("for k in d.keys(): del d[k]", "for k in list(d.keys()): del d[k]"),
        ("x = map(f, y)", "x = list(map(f, y))"),
        ("x = map(None, y)", "x = list(y)"),
        ("for i in xrange(3): f(i)", "for i in range(3): f(i)"),
        ("x = range(3) + y", "x = list(range(3)) + y"),
        ("it.next()", "next(it)"),
        ("apply(f, a, k)", "f(*a, **k)"),
        ("isinstance(x, (int, long, basestring))", "isinstance(x, (int, int, str))"),
        ("unichr(5)", "chr(5)"),
        ("def f((a, b), c): return a", "def f(a_b, c): (a, b) = a_b; return a"),
        ("lambda (a, b): a", "lambda a_b: (lambda a, b: a)(*a_b)"),
        ("f(lambda c, (a, b): a, 1)", "f(lambda c, a_b: (lambda c, a, b: a)(c, *a_b), 1)"),
        ("x = 7 / 2", "x = 7 // 2"),
        ("x = 7 / 2.0", "x = 7 / 2.0"),
        ("x = len(a) / (2)", "x = len(a) // (2)"),
        ("x = 6\nx /= 4", "x = 6\nx //= 4"),
        ("from __future__ import division", "pass"),
        ("from repyportability import *", "pass"),
        ("add_dy_support(locals())", "pass"),
        ("class A:\n\tx = 1\n        y = 2", "class A:\n        x = 1\n        y = 2"),
        ("x = 1\r\ny = 2\r\n", "x = 1\ny = 2\n"),
        ("l.sort(f)", "l.sort(key=cmp_to_key(f))"),
        ("sorted(l, cmp=f)", "sorted(l, key=cmp_to_key(f))"),
        ("f.func_name", "f.__name__"),
        ("# print a <> b", "# print a <> b"),
        ("x = 'print a <> `b`'", "x = 'print a <> `b`'"),
    ],
)
def test_a_form_of_python_2_becomes_ours(before, after):
    assert body(before) == after


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x = a / b", "whole numbers"),
        ("def f(a): return a / 2", "whole numbers"),
        ("import os", "no modules"),
        ("include lib.repy", "library"),
        ("exec code in names", "createvirtualnamespace"),
        ("x = raw_input()", "no input"),
        ("x = 'é'", "several bytes"),
        ("x = u'中'", "encode"),
        ("x = unicode(y)", "encoded"),
        ("x = y.decode('hex')", "bytes have decode"),
        ("try: f()\nexcept E, e: pass\nlog(e)", "is gone after"),
        ("x = [i for i in y]\nlog(i)", "left over"),
        ("class A:\n  def __cmp__(self, o): return 0", "__lt__"),
        ("class A:\n  def __div__(self, o): return 0", "__floordiv__"),
        ("x = map(None, a, b)", "filled up"),
        ("x = round(y)", "float"),
        ("x = hex(y)[2:-1]", "had an L"),
        ("raise 'text'", "text cannot be raised"),
        ("print >>err, 'x'", "goes to the log"),
        ("async = 1", "renamed"),
        ("def f((a, b)):\n  if a: return b", "first into the block"),
        ("settimer(1, f, ())", "Repy V1"),
    ],
)
def test_what_only_a_person_can_decide_is_said_at_its_line(text, words):
    looks = translate(("\n\n" + text).encode()).to_look_at

    assert any(words in remark.what for remark in looks), looks
    assert all(remark.line >= 3 for remark in looks)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x = 5", "int"),
        ("x = 5.0", "float"),
        ("x = 1\nx = 2.0", None),
        ("x = 1\nif y: x = z", None),
        ("y = 3\nx = y * 2 - len(z)", "int"),
        ("x = 0\nwhile x < 9: x = x + 1", "int"),
        ("x = 0\nwhile x < 9: x = x + 0.5", None),
        ("a = 1\nb = a\na = b\nb = c\nx = a", None),
        ("def f(n): return n\nx = f(3)", "int"),
        ("def f(n): return n\nx = f(3)\nf(4.5)", None),
        ("def f(n): return n\ng = f\nx = f(3)", None),
        ("def f(): return\nx = f()", None),
        ("x = sum([1, 2])", "int"),
        ("l = []\nl.append(1)\nx = l[0]", "int"),
        ("l = [1]\nl.append(1.5)\nx = l[0]", None),
        ("for i, c in enumerate(z): x = i", "int"),
        ("x = getruntime()", "float"),
        ("x = y[0]", None),
        ("x = 2 ** -1", None),
        ("x = max(1, 2)", "int"),
        ("def sum(a): return 1.5\nx = sum([1])", "float"),
        ("x = unknown()", None),
        ("x = y or 1", None),
    ],
)
def test_kinds_are_told_only_where_they_are_sure(text, kind):
    tree = ast.parse(text + "\nLAST = x\n")
    last = tree.body[-1]
    assert isinstance(last, ast.Assign)

    assert Kinds(tree).of(last.value) == kind


def test_every_line_to_look_at_is_marked_in_the_text():
    translated = translate(b"x = a / b\ny = '''\n%d''' % (c / d)\nz = e / f  # old\n")
    lines = translated.text.split("\n")

    assert "# LOOK: / of whole" in lines[0]
    assert "# old  # LOOK:" in lines[3]
    assert [remark.line for remark in translated.to_look_at] == [1, 3, 4]


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"x = '")
@example(b"\x00")
@example(b"((((")
@example(b"print `a")
@example(b"\\")
@example(b"lambda")
@example(b"raise E,")
@example(b"# coding: no-such-thing\nx = 1")
def test_any_bytes_are_translated_or_refused_with_a_sentence(data):
    assert len(refusal(data)) < 300


WORDS = [*"abc(),:;=[]{}`'\"\\\n\n\t", " ", "print ", "lambda ", "(a, b)", "raise ", "except "]
WORDS += ["try:", "def ", "class ", "/", "d.keys()", "d.has_key(", "for ", " in ", "0777", "5L"]
WORDS += ["u'x'", "<>"]


@given(st.lists(st.sampled_from(WORDS), max_size=60).map("".join))
def test_any_words_are_translated_or_refused_with_a_sentence(text):
    assert len(refusal(text.encode())) < 300


@pytest.mark.parametrize(
    "text",
    [
        b"(" * 100_000,
        b"-" * 100_000 + b"1",
        b"a" + b".b" * 100_000,
        b"[" * 90 + b"]" * 90,
        b"x = " + b"map(f, " * 80 + b"y" + b")" * 80,
        b"`" * 10_001,
        b"'" * 10_001,
        b"x" * (MAX_PROGRAM_BYTES + 1),
        b"\\\n" * 50_000,
    ],
)
def test_monsters_end_quickly_with_a_sentence_or_a_text(text):
    assert len(refusal(text)) < 300


def test_the_command_writes_tells_and_never_overwrites(tmp_path, capsys):
    old, new = tmp_path / "old.r2py", tmp_path / "new.r2py"
    old.write_text("print 'hello'\nx = a / b\n")

    assert run(["migrate", str(old), "-o", str(new)]) == 0
    assert new.read_text().startswith("print('hello')\n")
    assert "old.r2py:2: " in capsys.readouterr().err
    assert run(["migrate", str(old), "-o", str(new)]) == 2
    assert run(["migrate", str(old), "-o", str(new), "--force", "--no-marks"]) == 0
    assert new.read_text() == "print('hello')\nx = a / b\n"


def test_the_command_says_what_the_language_still_refuses(tmp_path, capsys):
    old = tmp_path / "old.r2py"
    old.write_text("x = 1\nimport os\n")

    assert run(["migrate", str(old), "--json"]) == 3
    told = json.loads(capsys.readouterr().out)
    assert (told["accepted"], told["refused"][0]["line"]) == (False, 2)
    assert run(["migrate", str(tmp_path / "none")]) == 2
